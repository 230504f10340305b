"""The error of this package."""


class TableError(Exception):
    """A table or its replacement is wrong; the message names file and line and says what to fix."""
