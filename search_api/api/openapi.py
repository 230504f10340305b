"""The OpenAPI document. `/docs` shows it to the portal's programmers, so its texts are Chinese."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gongkai.catalog.fields import TITLES


def describe_api(app: FastAPI) -> dict[str, Any]:
    """Returns the document. Fields of the catalog are described by their headings.

    Docstrings of types are for readers of the code and are left out.
    """
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, routes=app.routes)
        for schema in document["components"]["schemas"].values():
            schema.pop("description", None)
            for name, each in schema.get("properties", {}).items():
                if name in TITLES:
                    each.setdefault("description", TITLES[name])
        for methods in document["paths"].values():
            for operation in methods.values():
                success = operation["responses"]["200"]
                if success["description"] == "Successful Response":
                    success["description"] = "成功。"
        app.openapi_schema = document
    return app.openapi_schema
