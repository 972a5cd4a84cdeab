"""What a person at the command line did, or has, that cannot work."""


class UsageError(Exception):
    """Told in one line, without a traceback; the command ends with 2."""
