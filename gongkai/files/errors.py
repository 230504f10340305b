"""The error for a file that cannot be read."""

from gongkai.errors import GongkaiError


class BrokenFileError(GongkaiError):
    """The rest of a file cannot be read; `reason` is a code, and the message quotes nothing."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
