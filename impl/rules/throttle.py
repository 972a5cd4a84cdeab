"""How often somebody may fail to sign in.

Source: the contract's 429 with `Retry-After`; 10 failures in 15 minutes are this project's choice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

FAILURES: Final = 10
WINDOW: Final = timedelta(minutes=15)
