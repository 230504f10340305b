"""`gongkai token`: tokens for the staff pages and the staff API."""

from gettext import gettext as _
from typing import Annotated

import typer

from gongkai.catalog.instants import show_in_china
from gongkai.command_line import AsJson, print_json
from gongkai.engines.installation import open_tables
from gongkai.exit_codes import EXIT_REFUSED
from gongkai.settings import Settings
from gongkai.staff.audit import Action, Audit
from gongkai.staff.roles import Role
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import NAME_LIMIT, TOKEN_DAYS, Tokens

_HERE = "command line"
_ANYBODY = "工作人员"

token = typer.Typer(no_args_is_help=True)


@token.callback()
def about() -> None:
    """Manage the tokens of staff."""


@token.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Owner: a person or a desk.")] = _ANYBODY,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until it expires.")] = (
        TOKEN_DAYS
    ),
    role: Annotated[
        Role, typer.Option(help="clerk: the records of one unit; administrator: tokens too.")
    ] = Role.EDITOR,
    unit: Annotated[
        str, typer.Option(help="Unit of a clerk, by name or code; units below it are included.")
    ] = "",
) -> None:
    """Create a token. It is shown once and cannot be read again."""
    if not name.strip() or len(name) > NAME_LIMIT or not name.isprintable():
        raise typer.BadParameter(
            _("a name of 1 to {name_limit} printable characters").format(name_limit=NAME_LIMIT)
        )
    settings = Settings()
    code = _find_unit(settings, role, unit)
    database = open_ledger(settings.data_dir)
    text = Tokens(database).add(name.strip(), days, role, code)
    Audit(database).add(_HERE, Action.TOKEN_ADDED, text.split("_")[1])
    print(text)


def _find_unit(settings: Settings, role: Role, unit: str) -> str:
    """Returns the code of a clerk's unit. Raises BadParameter."""
    if role is not Role.CLERK:
        if unit:
            raise typer.BadParameter(_("only the role clerk has a unit"))
        return ""
    agency = open_tables(settings).agencies.find(unit)
    if agency is None:
        raise typer.BadParameter(_("a clerk needs --unit with a name or code of agencies.csv"))
    return agency.code


@token.command("list")
def list_tokens(
    as_json: AsJson = False,
) -> None:
    """List every token by id, with name and dates; the token itself is never shown."""
    found = Tokens(open_ledger(Settings().data_dir)).list()
    if as_json:
        print_json(found)
        return
    for each in found:
        state = _("until {day}").format(day=show_in_china(each.expires_at))
        if each.revoked_at:
            state = _("revoked {day}").format(day=show_in_china(each.revoked_at))
        print(
            _("{id}  {name}  {role}  since {created_at}  {state}").format(
                id=each.id,
                name=each.name,
                role=f"{each.role} {each.unit}".strip(),
                created_at=show_in_china(each.created_at),
                state=state,
            )
        )


@token.command("revoke")
def revoke(token_id: Annotated[str, typer.Argument(help="Id from `token list`.")]) -> None:
    """Revoke a token and end all its sessions at once."""
    database = open_ledger(Settings().data_dir)
    if not Tokens(database).revoke(token_id):
        print(_("{token_id}: no valid token has this id").format(token_id=token_id))
        raise typer.Exit(EXIT_REFUSED)
    Audit(database).add(_HERE, Action.TOKEN_REVOKED, token_id)
    print(_("{token_id}: revoked").format(token_id=token_id))
