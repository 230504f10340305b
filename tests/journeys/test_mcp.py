"""`gongkai mcp` as a program with a language model uses it: over stdio, with the SDK's client."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from search_api.mcp_server import TEXT_AT_ONCE, build_mcp_server
from tests.journeys.command import arguments, environment, run


def told(result: CallToolResult) -> Any:
    assert not result.is_error, result.content
    return result.structured_content


def fault(result: CallToolResult) -> str:
    assert result.is_error
    return str(result.content)


def test_a_language_model_finds_and_reads_records(address: str, tmp_path: Path) -> None:
    command, *words = arguments("mcp", address)
    started = StdioServerParameters(command=command, args=words, env=environment(tmp_path))

    async def use() -> None:
        async with Client(started) as client:
            tools = (await client.list_tools()).tools
            assert {tool.name for tool in tools} == {"search", "record", "classifications"}
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
            found = told(await client.call_tool("search", {"q": "公积金提取", "size": 3}))
            asked = {"q": "公积金提取", "size": 3, "facets": "", "highlight": False}
            with httpx2.Client(base_url=address, trust_env=False) as plain:
                answer = plain.get("/api/v1/search", params=asked).json()
                assert [hit["id"] for hit in found["hits"]] == [hit["id"] for hit in answer["hits"]]
                record_id = found["hits"][0]["id"]
                whole = plain.get(f"/api/v1/records/{record_id}").json()
            read = told(await client.call_tool("record", {"record_id": record_id}))
            assert read == {**whole, "body": whole["body"][:TEXT_AT_ONCE]}
            rest = await client.call_tool("record", {"record_id": record_id, "body_from": 5})
            assert told(rest)["body"] == whole["body"][5:]
            names = told(await client.call_tool("classifications", {}))["names"]
            assert "topic" in names
            assert told(await client.call_tool("classifications", {"tree": "topic"}))["values"]

    asyncio.run(use())
    assert list(tmp_path.iterdir()) == []


def test_faults_are_sentences(address: str) -> None:
    async def ask(server: str, tool: str, key: str = "", **given: object) -> CallToolResult:
        async with Client(build_mcp_server(server, key)) as client:
            return await client.call_tool(tool, given)

    def explain(*words: str, **given: object) -> str:
        return fault(asyncio.run(ask(*words, **given)))

    for record_id in ("没有的", "../search", "..", "a?b#c"):
        assert "没有" in explain(address, "record", record_id=record_id)
    assert "published_from" in explain(address, "search", q="公积金", published_from="何时")
    assert "密钥不正确" in explain(address, "search", "gkapi_wrong", q="公积金")
    assert "没有应答" in explain("http://127.0.0.1:9", "search", q="公积金")
    assert "topic" in explain(address, "classifications", tree="无")


@pytest.mark.parametrize("words", [("localhost",), ("http://localhost", "--key-file", "none")])
def test_a_wrong_call_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run(tmp_path, "mcp", *words).returncode in {2, 4}
