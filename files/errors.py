"""What makes a file of no use. Readers raise it, `indexer.reading` turns it into a refused row."""

from catalog.errors import GongkaiError


class BrokenFileError(GongkaiError):
    """The rest of a file can't be read; `reason` is a stable code, the message quotes nothing."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
