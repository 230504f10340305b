"""Opens an installation: its tables, text analyzer, search engine and index store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import gettext as _

from analyzers.dictionary import load_dictionary
from analyzers.synonyms import Synonym, load_synonyms
from analyzers.text_analyzer import TextAnalyzer
from gongkai.api_keys import ApiKey, load_api_keys
from gongkai.catalog.duties import Duties, load_duties
from gongkai.catalog.fields import SCHEMA_VERSION
from gongkai.catalog.halls import Halls, load_halls
from gongkai.catalog.heading_table import load_headings
from gongkai.catalog.headings import use_city_headings
from gongkai.catalog.hosts import SiteHost, load_hosts
from gongkai.catalog.page_layouts import load_page_layouts, use_page_layouts
from gongkai.catalog.places import Places, load_places
from gongkai.catalog.table_names import check_table_names
from gongkai.catalog.tables import Tables, load_tables
from gongkai.engines.embedded.backend import EmbeddedBackend
from gongkai.engines.embedded.engine import EmbeddedEngine
from gongkai.engines.embedded.vectors import VectorFile
from gongkai.engines.fingerprint import name_parts
from gongkai.engines.generation_store import GenerationStore
from gongkai.engines.port import IndexStore, SearchEngine
from gongkai.engines.slot_store import SlotStore
from gongkai.engines.vector_port import VectorIndex, VectorStore
from gongkai.errors import SettingsError
from gongkai.settings import EngineKind, Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """The tables of a city and the text analyzer built with them; one instance a process."""

    settings: Settings
    tables: Tables
    analyzer: TextAnalyzer
    synonyms: tuple[Synonym, ...] = ()
    places: Places = field(default_factory=Places)
    halls: Halls = field(default_factory=Halls)
    hosts: tuple[SiteHost, ...] = ()
    duties: Duties = field(default_factory=Duties)
    api_keys: Mapping[str, ApiKey] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Returns the name of analysis and schema; an index with another name is rejected."""
        parts = f"schema {SCHEMA_VERSION}\nanalysis {self.analyzer.fingerprint}"
        return name_parts(parts)

    def open_engine(self, generation: str = "") -> SearchEngine:
        """Opens the engine on the live generation, or on the named one if it is still kept."""
        if self.settings.engine is EngineKind.ELASTICSEARCH:
            # The Elasticsearch client takes half a second to load.
            from gongkai.engines.elastic.engine import ElasticEngine  # noqa: PLC0415

            return ElasticEngine(self.settings, self.fingerprint, generation=generation)
        return EmbeddedEngine(
            self.settings.data_dir,
            self.fingerprint,
            self.settings.query_timeout_seconds,
            generation,
        )

    def open_store(self) -> IndexStore:
        if self.settings.engine is EngineKind.ELASTICSEARCH:
            from gongkai.engines.elastic.backend import ElasticBackend  # noqa: PLC0415

            return GenerationStore(ElasticBackend(self.settings), self.fingerprint)
        return GenerationStore(EmbeddedBackend(self.settings.data_dir), self.fingerprint)

    def open_slots(self) -> SlotStore:
        """Opens the store for a rebuild by several processes. Raises SettingsError if embedded."""
        if self.settings.engine is not EngineKind.ELASTICSEARCH:
            raise SettingsError(
                _("A rebuild in slots needs GONGKAI_ENGINE=elasticsearch: one process writes here.")
            )
        from gongkai.engines.elastic.backend import ElasticBackend  # noqa: PLC0415

        return SlotStore(ElasticBackend(self.settings), self.fingerprint)

    def open_vectors(self, model: str, dimensions: int) -> VectorIndex:
        """Opens the vector index of a model. Raises ImportError without the extra `semantic`."""
        if self.settings.engine is EngineKind.ELASTICSEARCH:
            from gongkai.engines.elastic.vectors import ElasticVectors  # noqa: PLC0415

            return ElasticVectors(self.settings, model)
        from gongkai.engines.embedded.knn import EmbeddedVectors  # noqa: PLC0415

        return EmbeddedVectors(self.settings.data_dir, model, dimensions)

    def open_vector_store(self, model: str, dimensions: int) -> VectorStore:
        """Opens the store that vectors of this model are written to."""
        if self.settings.engine is EngineKind.ELASTICSEARCH:
            from gongkai.engines.elastic.vectors import ElasticVectorStore  # noqa: PLC0415

            return ElasticVectorStore(self.settings, model, dimensions)
        return VectorFile(self.settings.data_dir, model)


def open_installation(settings: Settings) -> Installation:
    """Opens the installation that the settings describe.

    Raises TableError for a faulty table or dictionary, SettingsError for an unknown hall or unit.
    """
    tables = open_tables(settings)
    names = [
        name for agency in tables.agencies.all() for name in (agency.name, *agency.short_names)
    ]
    analyzer = TextAnalyzer(load_dictionary(settings.dictionary_dir), names)
    synonyms = load_synonyms(settings.dictionary_dir)
    halls = load_halls(settings.tables_dir)
    _check_hall(settings.kiosk_hall, halls)
    _check_unit(settings.site_unit, tables)
    return Installation(
        settings,
        tables,
        analyzer,
        synonyms,
        load_places(settings.tables_dir),
        halls,
        load_hosts(settings.tables_dir),
        load_duties(settings.tables_dir),
        load_api_keys(settings.tables_dir),
    )


def open_tables(settings: Settings) -> Tables:
    """Loads the tables, and sets the city's headings and page layouts for this process.

    Raises TableError.
    """
    check_table_names((settings.tables_dir, settings.dictionary_dir))
    tables = load_tables(settings.tables_dir)
    use_city_headings(load_headings(settings.tables_dir))
    use_page_layouts(load_page_layouts(settings.tables_dir))
    return tables


def _check_hall(code: str, halls: Halls) -> None:
    if halls.find(code) is None:
        codes = ", ".join(each.code for each in halls.halls)
        raise SettingsError(
            _("kiosk_hall is {code}, which is not in halls.csv; write one of {codes}.").format(
                code=code, codes=codes
            )
        )


def _check_unit(code: str, tables: Tables) -> None:
    if code and tables.agencies.by_code(code) is None:
        raise SettingsError(
            _("site_unit is {code}, which is no code of agencies.csv; write one.").format(code=code)
        )
