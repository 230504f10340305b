"""`gongkai search` and `explain`: search results and scores in the terminal."""

import asyncio
import html
import re
from collections.abc import Iterator
from gettext import gettext as _
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gongkai.catalog.fields import FACETS
from gongkai.command_line import open_configured, print_json
from gongkai.engines.installation import Installation
from gongkai.query.explanation import ScoredPart
from gongkai.query.request import SIZE_LIMIT, TEXT_LIMIT, SearchRequest, Sort
from gongkai.search.responses import HitView, QueryView, SearchAnswer
from gongkai.services import open_services

_MARK = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)
_NOT_FOUND = 3


def search(
    words: Annotated[
        list[str], typer.Argument(help='Search terms; "短语" in quotes; -排除 after --.')
    ],
    size: Annotated[int, typer.Option(min=1, max=SIZE_LIMIT, help="Results on a page.")] = 10,
    page: Annotated[int, typer.Option(min=1, help="Page of the results.")] = 1,
    sort: Annotated[Sort, typer.Option(help="Order of the results.")] = Sort.RELEVANCE,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the JSON response of the API.")
    ] = False,
) -> None:
    """Search like the public pages."""
    text = " ".join(words)
    if len(text) > TEXT_LIMIT:
        raise typer.BadParameter(_("at most {text_limit} characters").format(text_limit=TEXT_LIMIT))
    facets = FACETS if as_json else ()
    request = SearchRequest(text=text, page=page, size=size, sort=sort, facets=facets)
    answer = asyncio.run(_ask(open_configured(), request))
    if as_json:
        print_json(answer)
        return
    _print_answer(answer)


def explain(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a record.")],
    words: Annotated[list[str], typer.Argument(help="Search terms, as for search.")],
) -> None:
    """Print the score that each weight of relevance.toml gives a record for this query."""
    request = SearchRequest(text=" ".join(words))
    parts = asyncio.run(_explain(open_configured(), request, record_id))
    if not parts:
        print(_("This query does not find this record."))
        raise typer.Exit(_NOT_FOUND)
    table = Table(_("part"), _("score"), _("condition"))
    for part in sorted(parts, key=lambda part: -part.score):
        table.add_row(part.name, f"{part.score:.3f}", part.asks)
    Console().print(table)


async def _ask(installation: Installation, request: SearchRequest) -> SearchAnswer:
    async with open_services(installation) as services:
        return await services.search.search(request)


async def _explain(
    installation: Installation, request: SearchRequest, record_id: str
) -> list[ScoredPart]:
    async with open_services(installation) as services:
        return await services.search.explain(request, record_id)


def _print_answer(answer: SearchAnswer) -> None:
    console = Console(highlight=False)
    console.print(
        _("{total:,} records, {took_ms} ms").format(total=answer.total, took_ms=answer.took_ms)
    )
    for note in _notes(answer.query):
        console.print(note, markup=False)
    first = (answer.page - 1) * answer.size + 1
    for place, hit in enumerate(answer.hits, start=first):
        console.print(Text(f"{place:>3}. ").append_text(_marked(hit.title_html)))
        console.print(f"     {_facts(hit)}", style="dim", markup=False)


def _notes(query: QueryView) -> Iterator[str]:
    """Yields how the query was interpreted."""
    if query.corrected_from:
        yield _("no results for {corrected_from}; searched for {text}").format(
            corrected_from=query.corrected_from, text=query.text
        )
    if query.did_you_mean:
        yield _("did you mean {did_you_mean}?").format(did_you_mean=query.did_you_mean)
    if query.date:
        yield _("date read in the words: {label}").format(label=query.date.label)
    for term, others in query.expanded.items():
        yield _("{term} also as {choices}").format(term=term, choices=", ".join(others))
    if query.relaxed:
        yield _("{complete} match all terms; the others match some of them").format(
            complete=query.complete
        )
    if query.related:
        yield _("{related} of them from semantic search (related)").format(related=query.related)


def _facts(hit: HitView) -> str:
    mark = _("pinned") if hit.pinned else _("related") if hit.related else None
    facts = (hit.publisher.name, hit.document_number, hit.published_on, hit.genre, hit.id, mark)
    return "  ".join(fact for fact in facts if fact)


def _marked(title_html: str) -> Text:
    text = Text()
    position = 0
    for match in _MARK.finditer(title_html):
        text.append(html.unescape(title_html[position : match.start()]))
        text.append(html.unescape(match[1]), style="bold")
        position = match.end()
    return text.append(html.unescape(title_html[position:]))
