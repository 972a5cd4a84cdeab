"""Passwords: Argon2id hashes (OWASP's 19 MiB, t=2, p=1), worked out beside the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pwdlib import PasswordHash

THREADS = 2
MOST_WAITING = 100
"""Sign-ins that are checked or wait for it, at 20 to 30 ms each: whoever came later would wait for seconds."""

NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$aPmKJtZDJL/n3NDG9W64Aw$FHRMSIhdEHeBmoHKyMKMPoWVYp2wdX7v9bLAOAv4rBw"
"""A hash to spend the time of a check on when there is no such operator."""


class Busy(Exception):
    """Too many passwords are being checked already."""


class Passwords:
    """Hashes and checks passwords in a bounded pool, so that sign-ins never hold up the rest."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
        self._waiting = 0

    @cached_property
    def _hasher(self) -> PasswordHash:
        from pwdlib import PasswordHash
        from pwdlib.hashers.argon2 import Argon2Hasher

        return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))

    async def check(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one of that hash; without a hash it takes as long and is false.

        Raises Busy when too many are being checked.
        """
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._check, password, password_hash)
        finally:
            self._waiting -= 1

    def _check(self, password: str, password_hash: str | None) -> bool:
        same = self._hasher.verify(password, password_hash or NOBODY)
        return same and password_hash is not None

    def hash(self, password: str) -> str:
        """A new salted hash, in the PHC string format."""
        return self._hasher.hash(password)
