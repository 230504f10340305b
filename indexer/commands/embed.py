"""`gongkai embed`: computes the vectors of records for semantic search."""

import asyncio
import time
from gettext import gettext as _

from gongkai.command_line import open_configured, rate_progress
from gongkai.engines.installation import Installation
from gongkai.semantic.embedding import embed_records


def embed() -> None:
    """Compute missing and outdated vectors. A stopped run continues where it was."""
    embed_installation(open_configured())


def embed_installation(installation: Installation, *, until_complete: bool = True) -> None:
    """Computes the vectors of an installation and prints the counts.

    Ends after static vectors, if many are missing, unless `until_complete`.
    """
    started = time.perf_counter()
    counts = _("{task.completed:,.0f} records, {task.fields[rate]:,.0f} vectors/s,")
    with rate_progress(_("embedding"), counts) as report:
        done = asyncio.run(embed_records(installation, report, until_complete=until_complete))
    print(
        _("embedded   {made:>10,}  in {value:.1f} s").format(
            made=done.made, value=time.perf_counter() - started
        )
    )
    print(_("unchanged  {kept:>10,}").format(kept=done.kept))
    print(_("dropped    {dropped:>10,}").format(dropped=done.dropped))
    if done.is_static:
        print(_("static vectors, which find less: gongkai embed replaces them by the model's own"))
    print(_("model      {model}").format(model=done.model))
