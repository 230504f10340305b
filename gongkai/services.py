"""The composition root: builds every service of one installation."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from gongkai.catalog.agencies import AgencyDirectory
from gongkai.engines.installation import Installation
from gongkai.engines.port import SearchEngine
from gongkai.engines.scoped import ScopedEngine
from gongkai.query.filters import published_by
from gongkai.query.relevance import DEFAULT_PROFILE
from gongkai.search.background import end_background_tasks
from gongkai.search.citation_service import CitationService
from gongkai.search.duplicates import DuplicateService
from gongkai.search.number_series import NumberSeries
from gongkai.search.service import SearchService
from gongkai.search.suggest import Suggester
from gongkai.search.supervision import SupervisionService
from gongkai.semantic.model_files import is_semantic_on
from gongkai.semantic.semantic_search import SemanticOutcome, SemanticSearch
from gongkai.staff.audit import Audit
from gongkai.staff.certificates import Certificates
from gongkai.staff.snapshots import Snapshots
from gongkai.staff.staff_database import open_ledger
from gongkai.staff.tokens import Tokens
from gongkai.staff.unclicked_queries import UnclickedQueries
from gongkai.staff.vocabulary import VocabularyStore
from gongkai.staff.zero_result_queries import ZeroResultQueries


@dataclass(frozen=True, slots=True)
class Services:
    """The services of one process. `semantic` is None where semantic search is off."""

    installation: Installation
    engine: SearchEngine
    search: SearchService
    citations: CitationService
    suggester: Suggester
    semantic: SemanticSearch | None
    duplicates: DuplicateService
    audit: Audit
    tokens: Tokens
    certificates: Certificates
    supervision: SupervisionService
    number_series: NumberSeries
    zero_results: ZeroResultQueries
    unclicked: UnclickedQueries
    vocabulary: VocabularyStore

    async def close(self) -> None:
        """Ends background tasks, then closes the model and the engine."""
        await end_background_tasks()
        if self.semantic:
            await self.semantic.close()
        await self.engine.close()


def build_services(
    installation: Installation,
    *,
    profile: str = DEFAULT_PROFILE,
    semantic_budget: float | None = None,
    on_semantic: Callable[[SemanticOutcome], None] = lambda _: None,
) -> Services:
    """Builds the services over one engine; nothing is read or written yet.

    `semantic_budget` is in seconds a query, None for no limit. `on_semantic` gets the outcome of
    each semantic search. Raises BadRequestError for an unknown ranking profile.
    """
    engine = installation.open_engine()
    semantic = None
    if is_semantic_on(installation.settings):
        semantic = SemanticSearch(installation, engine, semantic_budget, on_semantic)
    ledger = open_ledger(installation.settings.data_dir)
    vocabulary = VocabularyStore(ledger)
    search = SearchService(
        installation, engine, profile=profile, semantic=semantic
    ).with_vocabulary(vocabulary.current)
    searches_key = installation.settings.searches_key
    key = searches_key.get_secret_value().encode() if searches_key else b""
    return Services(
        installation=installation,
        engine=engine,
        search=search,
        citations=CitationService(installation, engine, search.views),
        suggester=Suggester(
            engine, search.term_dictionary, installation.analyzer, installation.tables.agencies
        ),
        semantic=semantic,
        duplicates=DuplicateService(installation, engine),
        audit=Audit(ledger),
        tokens=Tokens(ledger),
        certificates=Certificates(ledger),
        supervision=SupervisionService(installation, engine, Snapshots(ledger)),
        number_series=NumberSeries(engine),
        zero_results=ZeroResultQueries(ledger, key),
        unclicked=UnclickedQueries(ledger, key),
        vocabulary=vocabulary,
    )


def scope_services(whole: Services, unit: str) -> Services:
    """Returns services that show only the records of an agency and of those below it.

    They share engine, model and staff data with `whole`, which has to be closed instead of them.
    """
    tables = whole.installation.tables
    engine = ScopedEngine(whole.engine, published_by(unit, tables))
    # Names and labels of other agencies are unknown here, too.
    branch = AgencyDirectory(tables.agencies.branch(unit))
    installation = replace(whole.installation, tables=replace(tables, agencies=branch))
    search = SearchService(installation, engine, semantic=whole.semantic).with_vocabulary(
        whole.vocabulary.current
    )
    return replace(
        whole,
        installation=installation,
        engine=engine,
        search=search,
        citations=CitationService(installation, engine, search.views),
        suggester=Suggester(engine, search.term_dictionary, installation.analyzer, branch),
        duplicates=DuplicateService(installation, engine),
    )


@asynccontextmanager
async def open_services(
    installation: Installation, profile: str = DEFAULT_PROFILE
) -> AsyncIterator[Services]:
    """Services with the term dictionary loaded; closed on leaving."""
    services = build_services(installation, profile=profile)
    try:
        await services.search.term_dictionary.words()
        yield services
    finally:
        await services.close()
