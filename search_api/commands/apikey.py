"""`gongkai apikey`: a new key for a program that reads the API at a rate of its own."""

from gettext import gettext as _
from typing import Annotated

import typer

from gongkai.api_keys import RATE_LIMIT, make_key
from gongkai.staff.tokens import NAME_LIMIT


def apikey(
    name: Annotated[str, typer.Argument(help="Owner: a program or its office.")],
    rate: Annotated[
        float, typer.Option(min=0.1, max=RATE_LIMIT, help="Requests a second that it allows.")
    ] = 50.0,
) -> None:
    """Create a key for the API, and print the row for api_keys.csv."""
    if not name.strip() or len(name) > NAME_LIMIT or not name.isprintable() or "," in name:
        raise typer.BadParameter(
            _("a name of 1 to {name_limit} printable characters").format(name_limit=NAME_LIMIT)
        )
    text, digest = make_key()
    print(text)
    print(_("The key cannot be read again. Add this row to api_keys.csv, then restart:"))
    print(f"{name.strip()},{digest},{rate:g}")
