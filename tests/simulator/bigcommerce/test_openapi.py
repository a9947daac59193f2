"""Every exchange of the stories beside this file is one that the vendor's OpenAPI files describe."""

from __future__ import annotations

import inspect
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from jsonschema import Draft202012Validator

from billform.simulator.bigcommerce import scopes
from billform.simulator.limits import Limits
from billform.simulator.message import Answer, Exchange, Request
from billform.simulator.server import Simulator
from tests.simulator.bigcommerce import (
    test_access,
    test_control,
    test_customers,
    test_hooks,
    test_metafields,
    test_paging,
    test_prices,
    test_products,
    test_storefront,
    test_variants,
)
from tests.simulator.bigcommerce.client import Store, metafield
from tests.simulator.bigcommerce.openapi import Specification
from tests.simulator.bigcommerce.receiver import Receiver

Story = tuple[str, Callable[..., None], dict[str, Any]]

SPECS = os.environ.get("BILLFORM_SPECS") or None
pytestmark = pytest.mark.skipif(SPECS is None, reason="BILLFORM_SPECS names no directory with the OpenAPI files")

MODULES = [
    test_access,
    test_control,
    test_customers,
    test_hooks,
    test_metafields,
    test_paging,
    test_prices,
    test_products,
    test_storefront,
    test_variants,
]

DEPARTURES = {
    # Where the files and the vendor's live answers or prose disagree; each must occur, or it goes.
    r"(date_last_imported|option_set_id|base_variant_id|value_data|sku_id): None is not": "null where nothing is set",
    r"/variants/\S+/metafields.*description: ''": "the same service says '' for every other kind",
    r"GET v2/customer_groups: status 204": "v2 answers 204 for an empty list",
    r"v2/customer_groups: status 409": "one group for guests; the page names no status",
    r"/variants(/{variant_id})?: status 409": "live: taken SKUs and option values are 409",
    r"POST v3/catalog/products: body: variants/\d: '(id|product_id)' is": "ids of what is not made yet",
    r"GET v3/catalog/products/metafields: query: resource_id:in": "prose names the filter",
    r"GET v3/catalog/trees/categories: 422 errors": "live: bad filters are told flat, as everywhere",
    r"POST v3/content/scripts: 200 consent_category: 'unknown'": "what a missing category becomes",
    r"POST v3/store/metafields: 422 errors": "an array, as of every other kind",
}
"""Patterns of what departs from the files, and why."""

GATEWAY = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 429, 503})
"""Refusals that any operation may answer, whether or not its page says so."""


def _specification() -> Specification:
    return Specification(Path(str(SPECS)) / "bigcommerce")


def _stories() -> Iterator[Story]:
    """Yield every test of the modules that needs only a store, once for each of its parameters."""
    for module in MODULES:
        for name, story in vars(module).items():
            if name.startswith("test_") and callable(story):
                yield from _told(module, name, story)


def _told(
    module: ModuleType, name: str, story: Callable[..., None]
) -> Iterator[tuple[str, Callable[..., None], dict[str, Any]]]:
    needs = set(inspect.signature(story).parameters)
    marks = [mark for mark in getattr(story, "pytestmark", []) if mark.name == "parametrize"]
    rows: list[dict[str, Any]] = [{}]
    for mark in marks:
        names, values = mark.args
        listed = [names] if isinstance(names, str) else list(names)
        rows = [
            {**row, **dict(zip(listed, [value] if len(listed) == 1 else value, strict=True))}
            for row in rows
            for value in values
        ]
    for row in rows:
        if "shop" in needs and needs - set(row) <= {"shop", "euro"}:
            yield f"{module.__name__}.{name}", story, {**row, **({"euro": None} if "euro" in needs else {})}


def test_every_exchange_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    """Accepted bodies, query parameters and answers hold to the files; what does not is listed with a reason."""
    exchanges: list[tuple[Request, Answer]] = []

    def observe(exchange: Exchange) -> None:
        if exchange.vendor == "bigcommerce" and exchange.answer is not None:
            exchanges.append((exchange.request, exchange.answer))

    stories = 0
    Simulator.OBSERVERS.append(observe)
    try:
        with Simulator(limits=Limits.off()) as simulator, httpx.Client(timeout=10) as http:
            shop = Store(simulator, http)
            for _, story, row in _stories():
                shop.control("POST", "reset")
                if "euro" in row:
                    row["euro"] = shop.made("v3/pricelists", {"name": "Europe"})
                story(shop=shop, **row)
                stories += 1
    finally:
        Simulator.OBSERVERS.remove(observe)
    specification = _specification()
    problems: dict[str, int] = {}
    checked, operations = 0, set()
    for request, answer in exchanges:
        found = _check(specification, request, answer)
        if found is None:
            continue
        checked += 1
        operations.add(found[0])
        for problem in found[1]:
            problems[problem] = problems.get(problem, 0) + 1
    with capsys.disabled():
        sys.stdout.write(f"\n{checked} exchanges of {stories} stories, {len(operations)} operations, checked\n")
    unexplained = [problem for problem in problems if not any(re.search(known, problem) for known in DEPARTURES)]
    assert unexplained == []
    assert [known for known in DEPARTURES if not any(re.search(known, problem) for problem in problems)] == []
    assert checked > 1000


def _check(specification: Specification, request: Request, answer: Answer) -> tuple[str, list[str]] | None:
    path = request.path.split("/", 3)[3]
    operation = specification.find(request.method, path)
    if operation is None:
        return (
            (f"{request.method} {path}", [f"no such operation: {request.method} {path}"])
            if answer.status < 300
            else None
        )
    problems: list[str] = []
    if answer.status < 300:
        if request.body:
            problems += [f"body: {error}" for error in operation.request_errors(json.loads(request.body))]
        asked = {name for name, _ in parse_qsl(request.query)}
        problems += [f"query: {name}" for name in asked - operation.parameters()]
    if not operation.documents(answer.status):
        if answer.status not in GATEWAY:
            problems.append(f"status {answer.status}")
    elif "json" in answer.content_type and answer.body:
        located = operation.answer_errors(answer.status, json.loads(answer.body))
        problems += [f"{answer.status} {where.split('/')[-1]}: {what[:100]}" for where, what in located]
    return operation.name, [f"{operation.name}: {problem}" for problem in problems]


def test_payloads_are_documented(shop: Store, receiver: Receiver) -> None:
    """What is delivered holds to the payload schemas of the events pages."""
    schemas = _payloads()["schemas"]
    for family in ("product", "sku", "category", "priceList", "metafield", "store", "channel"):
        shop.made("v3/hooks", {"scope": f"store/{family}/*", "destination": receiver.url})
    product, option, variants = shop.plan()
    number = product["id"]
    shop.put(f"v3/catalog/products/{number}", {"price": 50})
    shop.put(f"v3/catalog/products/{number}/variants/{variants[0]['id']}", {"price": 50})
    shop.made(f"v3/catalog/products/{number}/metafields", metafield())
    shop.made(f"v3/catalog/products/{number}/variants/{variants[0]['id']}/metafields", metafield())
    shop.made("v3/store/metafields", [metafield()])
    shop.made("v3/channels/1/metafields", metafield())
    shop.made("v3/catalog/trees/categories", [{"name": "Teams", "tree_id": 1, "parent_id": 0}])
    price_list = shop.made("v3/pricelists", {"name": "Europe"})
    path = f"v3/pricelists/{price_list['id']}"
    shop.put(f"{path}/records", [{"variant_id": variants[0]["id"], "currency": "EUR", "price": 1}])
    shop.put(f"{path}/records/{variants[1]['id']}/EUR", {"price": 1})
    shop.delete(f"{path}/records/{variants[1]['id']}/EUR")
    shop.delete(f"{path}/records?currency=EUR")
    shop.post("v3/pricelists/assignments", [{"price_list_id": price_list["id"], "channel_id": 1}])
    shop.delete(f"v3/catalog/products/{number}/options/{option['id']}")
    shop.delete(f"v3/catalog/products/{number}")
    while shop.control("GET", "deliveries")["pending"]:
        time.sleep(0.01)
    events = receiver.events(len(receiver.got))
    documented = {event["scope"] for event in events} & set(schemas)
    assert len(documented) >= 17, sorted(documented)
    for event in events:
        if event["scope"] in documented:
            Draft202012Validator(schemas[event["scope"]]).validate(event)


def _payloads() -> Any:
    return json.loads((Path(str(SPECS)) / "bigcommerce" / "webhook-callbacks.schema.json").read_text("utf-8"))


def test_the_scopes_are_the_documented_ones() -> None:
    """Every scope of the events pages may be asked for; `{channel_id}` is a number there."""
    schema = _payloads()
    unknown = [
        scope
        for scope in (*schema["scopes_documented"], *schema["schemas"])
        if not scopes.known(scope.replace("{channel_id}", "1"))
    ]
    assert unknown == []
