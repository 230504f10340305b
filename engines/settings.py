"""What an installation may set: environment GONGKAI_* or gongkai.toml in. Read by every command."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from catalog.disclosure import Disclosure


class EngineKind(StrEnum):
    """Where records live."""

    EMBEDDED = "embedded"


class Settings(BaseSettings):
    """Every setting, its default and what it does; the environment wins over gongkai.toml."""

    model_config = SettingsConfigDict(
        env_prefix="GONGKAI_", toml_file="gongkai.toml", extra="forbid", frozen=True
    )

    engine: EngineKind = Field(EngineKind.EMBEDDED, description="The engine that records live in.")
    data_dir: Path = Field(Path("var"), description="Folder of indexes, ledger and rejects.")
    tables_dir: Path | None = Field(
        None, description="Folder whose CSV files take the place of the shipped tables."
    )
    dictionary_dir: Path | None = Field(
        None, description="Folder whose CSV files take the place of the shipped dictionaries."
    )
    disclosure: Disclosure | None = Field(
        None, description="Disclosure of rows that state none, where the source is declared public."
    )
    site_name: str = Field("政府信息公开检索", description="Name in the pages' header and titles.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Call arguments, then the environment, then gongkai.toml in the working folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
