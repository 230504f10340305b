"""An MCP server whose tools read a running server's HTTP API: search, record, classifications.

The HTTP API decides what is public and sets the limits. This module needs the extra `mcp`.
"""

import logging
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from httpx2 import AsyncClient, HTTPError
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from gongkai.query.request import SIZE_LIMIT, TEXT_LIMIT, Scope, Sort

TEXT_AT_ONCE = 20_000
"""Characters of a body in one answer: what a language model can take in."""
_TIMEOUT = 30.0
_READ_ONLY = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_INSTRUCTIONS = (
    "检索政府信息公开目录中主动公开的信息。先用 search 检索，再用 record 按编号读取全文；"
    "classifications 列出可以筛选的分类和发布机构。"
)


def build_mcp_server(address: str, key: str = "") -> MCPServer:
    """Returns an MCP server over the API at an address; `key` is an API key, or empty."""
    # The client would log each address, and so each query.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    server = MCPServer("gongkai", title="政府信息公开检索", instructions=_INSTRUCTIONS)
    api = _Api(address, key)
    for tool in (api.search, api.record, api.classifications):
        server.tool(annotations=_READ_ONLY)(tool)
    return server


class _Api:
    """The tools. Each docstring is the description that a language model reads."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address.rstrip("/")
        self._headers = {"X-API-Key": key} if key else {}

    async def search(  # noqa: PLR0913 - the SDK reads the schema from the parameters
        self,
        *,
        q: Annotated[
            str, Field(max_length=TEXT_LIMIT, description='检索词；"短语" 完整匹配，-词语 排除。')
        ],
        publisher: Annotated[str, Field(description="发布机构的代码或者全称，含下级。")] = "",
        topic: Annotated[str, Field(description="主题分类，上下级用 / 分隔。")] = "",
        published_from: Annotated[str, Field(description="发布日期的起点，如 2020-06。")] = "",
        published_to: Annotated[str, Field(description="发布日期的终点（含）。")] = "",
        in_force: Annotated[bool, Field(description="不列出已经废止、失效的。")] = False,
        scope: Annotated[Scope, Field(description="all 全文，title 只检索标题。")] = Scope.ALL,
        sort: Annotated[Sort, Field(description="排序。")] = Sort.RELEVANCE,
        page: Annotated[int, Field(ge=1, description="页码。")] = 1,
        size: Annotated[int, Field(ge=1, le=SIZE_LIMIT, description="每页条数。")] = 10,
    ) -> dict[str, Any]:
        """检索政府信息，返回条数和每条的编号、标题、文号、发布机构、日期和摘录。"""
        texts = {
            "publisher": publisher,
            "topic": topic,
            "published_from": published_from,
            "published_to": published_to,
        }
        chosen = {name: value for name, value in texts.items() if value}
        given: dict[str, str | int] = {"q": q, "in_force": in_force, "scope": scope, "sort": sort}
        window: dict[str, str | int] = {
            "page": page,
            "size": size,
            "facets": "",
            "highlight": False,
        }
        return await self._read("/search", {**given, **chosen, **window})

    async def record(
        self,
        record_id: Annotated[str, Field(min_length=1, max_length=200, description="编号。")],
        body_from: Annotated[int, Field(ge=0, description="从正文的第几个字读起。")] = 0,
    ) -> dict[str, Any]:
        """读取一条信息：目录项和正文。正文较长的分段返回，有 body_next 的，从那里接着读。"""
        # The HTTP client resolves these segments: the address would be that of another call.
        if {".", ".."} & set(record_id.split("/")):
            raise ToolError("没有这条信息")
        found = await self._read(f"/records/{quote(record_id)}", {})
        body = found.get("body") or ""
        body_to = body_from + TEXT_AT_ONCE
        rest = {"body_next": body_to} if body_to < len(body) else {}
        return {**found, "body": body[body_from:body_to], **rest}

    async def classifications(
        self,
        tree: Annotated[
            str, Field(description="publisher、topic、category、genre 等；空则列出名称。")
        ] = "",
    ) -> dict[str, Any]:
        """列出一个分类字段（如 topic、publisher）的各个取值和条数，用来筛选。"""
        trees = (await self._read("/classifications", {}))["trees"]
        if not tree:
            return {"names": sorted(trees)}
        if tree not in trees:
            raise ToolError(f"没有这个分类字段；可以是：{'、'.join(sorted(trees))}")
        return {"values": trees[tree]}

    async def _read(self, path: str, parameters: Mapping[str, str | int]) -> dict[str, Any]:
        """Returns an answer of the API. Raises ToolError with the sentence of its problem."""
        try:
            async with AsyncClient(
                headers=self._headers, timeout=_TIMEOUT, follow_redirects=True
            ) as client:
                response = await client.get(f"{self._address}/api/v1{path}", params=parameters)
                answer = response.json()
        except (HTTPError, ValueError) as error:
            raise ToolError(f"检索服务没有应答：{self._address}") from error
        if response.is_error or not isinstance(answer, dict):
            raise ToolError(_explain(answer))
        return answer


def _explain(problem: object) -> str:
    told = problem if isinstance(problem, dict) else {}
    parts = (told.get("title"), told.get("parameter"), told.get("detail"))
    return "：".join(str(part) for part in parts if part) or "检索服务没有应答"
