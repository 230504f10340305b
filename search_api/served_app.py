"""The application of a process that only serves requests: garbage collection suits its start."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from gongkai.engines.installation import Installation


_YOUNG = 10_000
"""New objects from which garbage is collected; with Python's 700, each search collects twice."""


def create_served_app(installation: "Installation | None" = None) -> "FastAPI":
    """Returns the application. Collections of cyclic garbage begin once its terms are built.

    Imports, routes and terms are objects that stay. Collections in between took a sixth of a start.
    """
    gc.disable()
    from search_api.app import create_app  # noqa: PLC0415

    app = create_app(installation)
    app.state.served.services.search.term_dictionary.on_build = _spare_from_collection
    return app


def _spare_from_collection() -> None:
    # Dictionaries and terms are a million objects. A full garbage collection of them delayed every
    # request by a quarter of a second. Collect young objects first, so that they are not frozen.
    # After a start all are young, and hardly any are garbage.
    if gc.isenabled():
        gc.collect(1)
    gc.freeze()
    gc.set_threshold(_YOUNG)
    gc.enable()
