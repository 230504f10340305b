"""Regular expressions that are compiled on first use.

To compile all of them takes a tenth of a second at each start, and a search uses a few.
"""

import re
from functools import cached_property
from typing import Any, cast


class _LazyPattern:
    def __init__(self, text: str, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags)

    def __getattr__(self, name: str) -> Any:
        # Stored, so that a later call finds the method of the compiled pattern without this one.
        value = getattr(self._compiled, name)
        setattr(self, name, value)
        return value


def lazy_re(text: str, flags: int = 0) -> re.Pattern[str]:
    """Returns an object with the methods of `re.compile(text, flags)`, for constants of modules.

    It is no `re.Pattern`: functions of `re` do not accept it, and `match.re` is another object.
    """
    return cast("re.Pattern[str]", _LazyPattern(text, flags))
