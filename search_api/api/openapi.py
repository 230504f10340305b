"""The OpenAPI document. `/docs` shows it to the portal's programmers, so its texts are Chinese."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from gongkai.catalog.fields import TITLES
from search_api.http.dependencies import SiteDependency

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi(request: Request, site: SiteDependency) -> JSONResponse:
    """Returns the document under the name of the site."""
    document = describe_api(request.app)
    return JSONResponse({**document, "info": {**document["info"], "title": site.name}})


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
