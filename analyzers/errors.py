"""The error of this package."""


class TableError(Exception):
    """A table or its replacement is invalid; the message names file, line and fix."""
