"""Lists are read whole or not at all, whatever happens between their pages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from billform.core.diagnostic import BillformError
from billform.core.money import Money
from billform.providers.bigcommerce import wire
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.connect import connect
from billform.providers.bigcommerce.secrets import Variables
from billform.providers.http import BigCommercePolicy, Patience, Transport

from .catalogs import PRO
from .shop import ENVIRONMENT, TOKEN, Shop, described

Answers = Callable[[str, dict[str, str]], tuple[int, Any]]


@contextmanager
def answering(answers: Answers) -> Iterator[str]:
    """A server whose lists misbehave as no simulator should; yields its base URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, content = answers(parts.path, dict(parse_qsl(parts.query)))
            body = json.dumps(content).encode() if content is not None else b""
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_GET  # noqa: N815  # the name that the server asks for

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read(base: str, work: Callable[[Store], Any]) -> Any:
    """What a store on that server reads."""

    async def inside() -> Any:
        policy = BigCommercePolicy(patience=Patience(tries=2, total=2, first=0.01, most=0.02))
        async with Transport(policy, base_url=base) as transport:
            store = connect(ENVIRONMENT, "main", Variables(frozenset(), {}), token=TOKEN, transport=transport)
            return await work(store)

    return asyncio.run(inside())


def paged(rows: list[int], query: dict[str, str], *, size: int = 2) -> tuple[int, Any]:
    page = int(query["page"])
    shown = [{"id": each} for each in rows[(page - 1) * size : page * size]]
    pages = -(-len(rows) // size)
    return 200, {
        "data": shown,
        "meta": {"pagination": {"total": len(rows), "total_pages": pages, "current_page": page}},
    }


def test_every_page_is_read(shop: Shop) -> None:
    for number in range(260):
        shop.raw("POST", "/v3/catalog/products", {"name": f"Mug {number}", "type": "physical", "weight": 1, "price": 9})
    assert len(shop.observe("bigcommerce.product")) == 260
    shop.settle(PRO)


def test_a_page_that_cannot_be_read_is_an_error_and_never_an_absence(shop: Shop) -> None:
    shop.settle(PRO)
    for number in range(250):
        shop.raw("POST", "/v3/catalog/products", {"name": f"Mug {number}", "type": "physical", "weight": 1, "price": 9})
    shop.control("DELETE", "log")
    shop.fault(action="server_error", pages="later", count=None)
    with pytest.raises(BillformError, match="V004"):
        shop.plan(PRO)
    assert shop.writes() == []


def test_rows_that_move_between_pages_are_read_again() -> None:
    """An object that is deleted meanwhile pulls another from the second page to the first, where nobody looks."""
    asked: list[int] = []

    def answers(path: str, query: dict[str, str]) -> tuple[int, Any]:
        asked.append(int(query["page"]))
        return paged([1, 2, 3, 4, 5] if len(asked) == 1 else [2, 3, 4, 5], query)

    with answering(answers) as base:
        rows = read(base, lambda store: store.rows("/v3/things"))
    assert sorted(row["id"] for row in rows) == [2, 3, 4, 5]


def test_a_list_that_never_rests_is_an_error() -> None:
    count = iter(range(100))

    def answers(path: str, query: dict[str, str]) -> tuple[int, Any]:
        return paged(list(range(5 + next(count))), query)

    with answering(answers) as base, pytest.raises(BillformError, match="changed each of the 3 times"):
        read(base, lambda store: store.rows("/v3/things"))


def test_a_cursor_is_followed_to_the_end() -> None:
    def answers(path: str, query: dict[str, str]) -> tuple[int, Any]:
        start = int(query.get("after", "0"))
        links = {"next": f"?after={start + 2}"} if start + 2 < 5 else {}
        rows = [{"id": each} for each in range(start, min(start + 2, 5))]
        return 200, {"data": rows, "meta": {"cursor_pagination": {"end_cursor": str(start + 2), "links": links}}}

    with answering(answers) as base:
        assert [row["id"] for row in read(base, lambda store: store.chained("/v3/things"))] == [0, 1, 2, 3, 4]


def test_a_list_that_has_pages_but_no_cursor_is_read_by_its_pages() -> None:
    with answering(lambda path, query: paged([1, 2, 3], {"page": "1", **query})) as base:
        assert len(read(base, lambda store: store.chained("/v3/things"))) == 3


def test_an_empty_list_of_the_second_version_has_no_body() -> None:
    with answering(lambda path, query: (204, None)) as base:
        assert read(base, lambda store: store.bare("/v2/customer_groups")) == []


def test_a_list_of_the_second_version_ends_with_a_page_that_is_not_full() -> None:
    def answers(path: str, query: dict[str, str]) -> tuple[int, Any]:
        page = int(query["page"])
        return 200, [{"id": page * 1000 + each} for each in range(250 if page == 1 else 3)]

    with answering(answers) as base:
        assert len(read(base, lambda store: store.bare("/v2/customer_groups"))) == 253


def test_what_is_wanted_at_the_same_time_is_read_once() -> None:
    asked: list[str] = []

    def answers(path: str, query: dict[str, str]) -> tuple[int, Any]:
        asked.append(path)
        return paged([1], query)

    async def work(store: Store) -> None:
        await asyncio.gather(*(store.products() for _ in range(5)))
        store.forget()
        await store.products()

    with answering(answers) as base:
        read(base, work)
    assert len(asked) == 2


def test_an_answer_that_is_not_json_is_not_an_empty_store(shop: Shop) -> None:
    shop.fault(action="html", path="/stores/*/v3/catalog/products", status=200, count=None)
    with pytest.raises(BillformError, match="V005"):
        shop.plan(PRO)


def test_amounts_never_pass_through_a_float() -> None:
    assert wire.encode({"price": Decimal("0.1"), "n": [1, True, None, "é"], "w": Decimal("1E+3")}) == (
        '{"price":0.1,"n":[1,true,null,"é"],"w":1000}'.encode()
    )
    with pytest.raises(TypeError):
        wire.encode({"price": 0.1})
    assert wire.amount(Decimal("0.30"), "usd") == Money(Decimal("0.3"), "usd")
    assert wire.amount(0, "usd") is None
    assert wire.number("5.0000") == 5


def test_many_decimals_reach_the_store_and_come_back(shop: Shop) -> None:
    text = PRO.replace("usd: 49, eur", "usd: 49.95, eur").replace("price: { usd: 39 }", "price: { usd: 39.0001 }")
    shop.settle(text)
    assert {str(live.spec.price) for live in shop.observe("bigcommerce.variant")} == {"49.95 usd", "490 usd"}
    assert "39.0001 usd" in {str(live.spec.price) for live in shop.observe("bigcommerce.price_record")}
    assert described(shop.plan(text)) == []


def test_what_a_write_outdates_while_it_is_read_is_read_again() -> None:
    """One write looks at a list while another one lands: what the store answered before that says nothing about it."""
    rows, may_answer = [1], Event()

    def answers(path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path.endswith("/hooks"):
            rows.append(2)
            return 200, {"data": {"id": 2}}
        answer = paged(rows, query)
        if len(rows) == 1:
            may_answer.wait(5)
        return answer

    async def work(store: Store) -> int:
        early = asyncio.create_task(store.products())
        await asyncio.sleep(0.1)
        await store.call("PUT", "/v3/hooks", body={})
        late = asyncio.create_task(store.products())
        await asyncio.sleep(0.1)
        may_answer.set()
        await early
        return len(await late)

    with answering(answers) as base:
        assert read(base, work) == 2
