"""`gongkai model`: fetches the embedding model of semantic search and shows its state."""

from gettext import gettext as _
from pathlib import Path
from typing import Annotated

import typer

from gongkai.errors import MissingModelError
from gongkai.exit_codes import EXIT_UNAVAILABLE
from gongkai.semantic.model_files import find_obstacle, has_model, install_model
from gongkai.settings import SemanticMode, Settings
from indexer.model_download import download_model

model = typer.Typer(no_args_is_help=True)


@model.callback()
def about() -> None:
    """Fetch or show the model of semantic search."""


@model.command("fetch")
def fetch(
    source: Annotated[
        Path | None,
        typer.Argument(help="Folder or .jar file that has the model (default: download it)."),
    ] = None,
) -> None:
    """Put the default model into the data folder, unless it is there."""
    settings = Settings()
    folder = settings.model_folder
    if not has_model(folder):
        try:
            if source:
                install_model(source, folder)
            else:
                with download_model(settings.model_repository) as archive:
                    install_model(archive, folder)
        except MissingModelError as error:
            print(error)
            print(_("Until then, searches use keywords alone."))
            raise typer.Exit(EXIT_UNAVAILABLE) from None
    _print_state(settings)


@model.command("show")
def show() -> None:
    """Print the model's folder and whether semantic search can run."""
    _print_state(Settings())


def _print_state(settings: Settings) -> None:
    print(_("model      {folder}").format(folder=settings.model_folder))
    obstacle = find_obstacle(settings)
    if settings.semantic is SemanticMode.OFF:
        obstacle = _("switched off by GONGKAI_SEMANTIC")
    print(_("semantic   {state}").format(state=obstacle or _("ready")))
