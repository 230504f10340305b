"""Explains why a command failed: a message in sentences, and the exit code."""

from pydantic import ValidationError

from analyzers.errors import TableError
from gongkai.errors import (
    EngineUnavailableError,
    GongkaiError,
    IndexMismatchError,
    ShrinkingIndexError,
    ShrinkingSourceError,
    name_fault,
)
from gongkai.exit_codes import EXIT_REFUSED, EXIT_UNAVAILABLE, EXIT_USAGE
from gongkai.settings_errors import explain_settings
from gongkai.usage_errors import UsageError, explain_usage


def explain_failure(error: Exception) -> tuple[str, int]:
    """Returns the message and the exit code of an expected error; raises any other error again."""
    match error:
        case UsageError():
            return explain_usage(error), EXIT_USAGE
        case EngineUnavailableError() | IndexMismatchError():
            return str(error), EXIT_UNAVAILABLE
        case ShrinkingIndexError() | ShrinkingSourceError():
            return str(error), EXIT_REFUSED
        case GongkaiError() | TableError():
            return str(error), EXIT_USAGE
        case ValidationError():
            return explain_settings(error), EXIT_USAGE
        case OSError():
            # The system's message and the file name say more than a stack trace.
            where = f": {error.filename}" if error.filename else ""
            return f"{name_fault(error)}{where}", EXIT_UNAVAILABLE
    raise error
