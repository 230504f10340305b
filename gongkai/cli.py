"""Words typed in a terminal in, an exit status out. The `gongkai` command; see CONTRACT exit codes.

0 all taken, 2 usage, 3 some rows refused or ids unknown, 4 engine not reachable.
"""

import sys

import typer
from pydantic import ValidationError

from catalog.errors import EngineUnavailableError, GongkaiError, IndexMismatchError
from gongkai import checking, evaluating, indexing, reading, replicating, serving, verifying

USAGE, REFUSED, NO_ENGINE = 2, 3, 4

app = typer.Typer(
    name="gongkai",
    help="Full-text search over published government information (政府信息公开).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("index")(indexing.index)
app.command("rollback")(indexing.rollback)
app.command("withdraw")(indexing.withdraw)
app.command("serve")(serving.serve)
app.command("search")(reading.search)
app.command("explain")(reading.explain)
app.command("evaluate")(evaluating.evaluate)
app.command("verify")(verifying.verify)
app.command("check")(checking.check)
app.add_typer(replicating.replica, name="replica")
app.command("status")(reading.status)


def main() -> None:
    """Run one command; expected errors are one clear sentence, never a stack trace."""
    try:
        app()
    except (EngineUnavailableError, IndexMismatchError) as error:
        _leave(str(error), NO_ENGINE)
    except GongkaiError as error:
        _leave(str(error), USAGE)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        _leave(f"A setting is wrong: {faults}", USAGE)
    except KeyboardInterrupt:
        _leave("Stopped. Run the same command again to go on.", 130)


def _leave(message: str, status: int) -> None:
    print(f"gongkai: {message}", file=sys.stderr)
    sys.exit(status)
