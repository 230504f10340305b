"""A portal on loopback: lists, records, attachments, a sitemap, a feed, and what it was asked."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MENU = "".join(f'<li><a href="/zwgk/c{n}/">栏目{n}</a></li>' for n in range(3))


@dataclass
class Portal:
    """Answers by path: content and type, or a status with headers."""

    pages: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    failing: dict[str, list[int]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    host: str = ""

    @property
    def address(self) -> str:
        return f"http://{self.host}"

    def add(self, path: str, content: str | bytes, kind: str = "text/html") -> None:
        data = content if isinstance(content, bytes) else content.encode()
        self.pages[path] = (data, kind)

    def add_record(self, number: int, more: str = "", encoding: str = "utf-8") -> str:
        path = f"/art/2024/3/art_{number}.html"
        text = (
            f"<html><head><title>关于{number}号渡口的通告_示例市人民政府</title></head><body>"
            f'<ul class="nav">{MENU}</ul><h1>关于{number}号渡口的通告</h1><table>'
            f"<tr><th>文号</th><td>示政〔2024〕{number}号</td><th>发布机构</th><td>示例市交通局</td></tr>"
            f"<tr><th>发布日期</th><td>2024-03-05</td><th>公开方式</th><td>主动公开</td></tr></table>"
            f'<div id="zoom"><p>{number}号渡口夜间停航，请改走上游大桥。</p>{more}</div>'
            f'<a href="/art/2024/3/art_{number + 1}.html">下一篇</a></body></html>'
        )
        self.add(path, text.encode(encoding))
        return path


def list_page(paths: list[str], more: str = "") -> str:
    links = "".join(f'<li><a href="{path}">通告 {path[-9:]}</a></li>' for path in paths)
    return f"<html><head><title>通知公告</title></head><body><ul>{links}</ul>{more}</body></html>"


@contextmanager
def serve(portal: Portal) -> Iterator[Portal]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path
            portal.asked[path] += 1
            if portal.failing.get(path):
                self._send(portal.failing[path].pop(0), b"", {"Retry-After": "1"})
            elif path in portal.moved:
                self._send(302, b"", {"Location": portal.moved[path]})
            elif path not in portal.pages:
                self._send(404, b"", {})
            else:
                self._send_page(path)

        def _send_page(self, path: str) -> None:
            content, kind = portal.pages[path]
            etag = f'"{hashlib.blake2b(content, digest_size=8).hexdigest()}"'
            if self.headers.get("If-None-Match") == etag:
                portal.unchanged[path] += 1
                self._send(304, b"", {"ETag": etag})
            else:
                self._send(200, content, {"ETag": etag, "Content-Type": kind})

        def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    portal.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
