"""What the attacked server has indexed: payloads in every field, and rows that must stay behind."""

from collections.abc import Iterator

from tests.journeys.command import plain_row

CLOSED, ON_REQUEST, PERSONAL = "龘靐齉爩鱻麤", "饕餮魑魅魍魉", "薨躄鼙鼛鼗鼖"
LONG = "r310"
"""A record of half a million characters."""
CANARIES = (CLOSED, ON_REQUEST, PERSONAL)
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)' x='",
    "</title></textarea></style>--><script>alert(1)</script>",
    "<mark onclick=alert(1)>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "%3Cscript%3Ealert(1)",
    "{{7*191}}",
    "${7*191}",
    "{% raw %}",
    "]]><script>alert(1)</script>",
    "<!--<script>",
    "\u202e<script>\u202c",
    "<scr\u200bipt>alert(1)",
    "＜script＞alert(1)＜/script＞",
    "\\u003cscript\\u003e",
    '=HYPERLINK("http://evil.example")',
    "@SUM(1+1)",
    "<base href=//evil.example>",
    "<iframe src=//evil.example>",
    "<a href=javascript:alert(1)>x</a>",
    "a\r\nX-Injected: 1",
)
FIELDS = (
    "title",
    "summary",
    "body",
    "keywords",
    "publisher",
    "document_number",
    "topic",
    "audience",
    "genre",
    "url",
    "index_number",
    "format",
    "validity_note",
)


def hostile_rows(trap: int) -> Iterator[dict[str, object]]:
    """Rows to publish with a payload in each field, and rows that must stay behind."""
    there = f"http://127.0.0.1:{trap}"
    for number in range(20):
        yield plain_row(number)
    for number, payload in enumerate(PAYLOADS, 100):
        named = dict.fromkeys(FIELDS, f"{payload}{number}"[:60])
        yield plain_row(
            number,
            **{
                **named,
                "id": f"h{number}/{payload[:12]}",
                "url": f"{there}/u",
                "attachments": [{"name": payload, "url": f"{there}/a.pdf"}],
            },
        )
    for number in range(300, 310):
        yield plain_row(
            number,
            body=f'<img src="{there}/i"><iframe src="{there}/f"></iframe>',
            attachments=[{"name": "a", "url": f"{there}/{number}.docx"}],
        )
    yield plain_row(310, id=LONG, body="农村饮水安全工程已经完成，现予公布。\n" * 26_000)
    closed = dict.fromkeys(("title", "body", "summary", "keywords", "topic", "genre"), CLOSED)
    yield plain_row(400, disclosure="不予公开", **closed)
    yield plain_row(401, disclosure="主动公开", 公开属性="不公开", **closed)
    yield plain_row(402, disclosure="依申请公开", body=ON_REQUEST, 内部意见=ON_REQUEST)
    yield plain_row(403, body=f"{PERSONAL} 11010519491231002X")
