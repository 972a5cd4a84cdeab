"""The command line: `cozum mock`, `cozum serve`, `cozum lint`."""

__version__ = "0.1.0"
