"""The checks themselves: each fault that is planted in an exchange is told, and nothing else is."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from stripe._api_version import _ApiVersion

from billform.simulator.limits import Limits
from billform.simulator.message import Answer, Exchange, Request, json_answer
from billform.simulator.server import Simulator
from tests.truth import package
from tests.truth.checker import Checker, served, vendors
from tests.truth.seen import Vendor

SPECS = os.environ.get("BILLFORM_SPECS") or None
needs_specs = pytest.mark.skipif(SPECS is None, reason="BILLFORM_SPECS names no directory with the OpenAPI files")
TYPES = "types of the stripe package: "
STORE = "/stores/simstore1"


@pytest.fixture(scope="module")
def exchanges() -> Mapping[str, Exchange]:
    """One of each sort, as they go over the wire, by what is asked."""
    seen: list[Exchange] = []
    with Simulator(limits=Limits.off()) as simulator:
        simulator.pipeline._observers = [seen.append]
        stripe = httpx.Client(base_url=simulator.stripe_url, headers={"Authorization": "Bearer sk_test_simulator"})
        store = httpx.Client(base_url=simulator.bigcommerce_url, headers={"X-Auth-Token": "bc_simulator_token"})
        with stripe, store:
            stripe.post("/v1/products", data={"name": "Pro", "id": "pro"})
            stripe.get("/v1/products?limit=3")
            stripe.get("/v1/products/gone")
            product = {"name": "Pro", "type": "digital", "weight": 0, "price": 49}
            store.post(f"{STORE}/v3/catalog/products", json=product)
            store.get(f"{STORE}/v3/catalog/products?limit=3")
    return {f"{each.request.method} {each.request.path}": each for each in seen}


def own(exchange: Exchange, **changed: Any) -> Exchange:
    """The same as if our own client had sent it."""
    ours = {
        "x-stripe-client-user-agent": '{"httplib": "billform"}',
        "user-agent": "billform",
        "stripe-version": _ApiVersion.CURRENT,
        "idempotency-key": "key",
    }
    return replace(exchange, request=replace(exchange.request, headers={**exchange.request.headers, **ours}, **changed))


def form(**fields: Any) -> bytes:
    """A body of Stripe's."""
    return urlencode({key.replace("__", "[") + ("]" if "__" in key else ""): fields[key] for key in fields}).encode()


def answered(exchange: Exchange, without: str = "", **changed: Any) -> Exchange:
    """The same with another answer."""
    assert exchange.answer is not None
    shown = {**json.loads(exchange.answer.body), **changed}
    shown.pop(without, None)
    return replace(exchange, answer=json_answer(exchange.answer.status, shown))


def told(exchange: Exchange, specs: str | None = None, **words: Any) -> list[str]:
    """What a checker that has seen nothing else tells."""
    return Checker(Path(specs) if specs else None).problems(exchange, **words)


@pytest.mark.parametrize("specs", [None, pytest.param(SPECS, marks=needs_specs)])
def test_what_is_true_passes(exchanges: Mapping[str, Exchange], specs: str | None) -> None:
    """Neither source finds anything in what is as it should be, whoever sent it."""
    assert len(exchanges) == 5
    for exchange in exchanges.values():
        assert told(exchange, specs) == told(own(exchange), specs) == []


REQUESTS = {
    "a misspelled parameter": (form(name="Pro", descripton="x"), "descripton: no such parameter"),
    "one inside a map": (form(name="Pro", tax_details__tx_code="x"), "tax_details[tx_code]: no such parameter"),
    "a missing one": (form(description="x"), "name: missing"),
    "an unknown word": (form(name="Pro", type="goods"), "type: 'goods' is none of 'good', 'service'"),
    "a number that is none": (form(name="Pro", default_price_data__unit_amount="1.5"), "unit_amount]: '1.5' is none"),
    "a boolean of another language": (form(name="Pro", active="True"), "active: 'True' is none of bool"),
    "an empty text that cannot unset": (form(name=""), "name: '' is none of str"),
    "a text for a list": (form(name="Pro", images="https://a.example"), "images: 'https://a.example' is none of"),
    "a list for a text": (form(**{"name__0": "Pro"}), "name: a list does not belong here"),
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("specs", [None, pytest.param(SPECS, marks=needs_specs)])
def test_a_request_to_stripe_that_is_wrong(exchanges: Mapping[str, Exchange], name: str, specs: str | None) -> None:
    """Each is told by the types, and by the OpenAPI file where it is there; on purpose it may be refused."""
    body, problem = REQUESTS[name]
    wrong = own(exchanges["POST /v1/products"], body=body)
    found = told(wrong, specs)
    assert any(each.startswith(f"{TYPES}POST /v1/products: ") and problem in each for each in found), found
    # The file says nothing of empty texts.
    assert any("OpenAPI" in each for each in found) == (specs is not None and "empty" not in name), found
    refused = replace(wrong, answer=json_answer(400, {"error": {"type": "invalid_request_error"}}))
    assert told(refused, specs) == found
    assert told(refused, specs, on_purpose=True) == []
    assert told(wrong, specs, on_purpose=True) == found


def test_somebody_else_may_be_refused(exchanges: Mapping[str, Exchange]) -> None:
    """What a test sends by itself has to be right only where the vendor takes it."""
    exchange = exchanges["POST /v1/products"]
    wrong = replace(exchange, request=replace(exchange.request, body=form(nme="Pro")))
    assert len(told(wrong)) == 2
    assert told(wrong, on_purpose=True) == []
    assert told(replace(wrong, answer=json_answer(400, {"error": {"type": "api_error"}}))) == []


def test_the_headers_of_our_own_requests(exchanges: Mapping[str, Exchange]) -> None:
    """The version is the package's, and every POST has a key that Stripe takes."""
    exchange = own(exchanges["POST /v1/products"])
    for headers in ({"stripe-version": "2020-08-27"}, {"idempotency-key": ""}, {"idempotency-key": "k" * 256}):
        wrong = replace(exchange.request, headers={**exchange.request.headers, **headers})
        assert len(told(replace(exchange, request=wrong))) == 1


def test_parameters_in_the_wrong_place(exchanges: Mapping[str, Exchange]) -> None:
    """A GET has them in its query, a POST in its body."""
    assert told(own(exchanges["GET /v1/products"], body=b"limit=3")) != []
    assert told(own(exchanges["POST /v1/products"], query="name=Pro")) != []


def test_an_answer_of_stripe_that_is_wrong(exchanges: Mapping[str, Exchange]) -> None:
    """Fields that are missing, unknown or ill-typed, unknown words, other objects, an error of a made-up sort."""
    made, listed = exchanges["POST /v1/products"], exchanges["GET /v1/products"]
    for wrong, problem in (
        (answered(made, without="livemode"), "product.livemode: missing"),
        (answered(made, colour="red"), "product.colour: no such field"),
        (answered(made, active="yes"), "product.active: 'yes' is no"),
        (answered(made, type="thing"), "product.type: 'thing' is no"),
        (answered(listed, object="product"), "product instead of a list"),
        (answered(listed, without="has_more"), "a list shows"),
        (answered(listed, data=[{"object": "price"}]), "price instead of product"),
        (answered(exchanges["GET /v1/products/gone"], error={"type": "odd", "message": ""}), "error.type: 'odd'"),
        (replace(made, answer=Answer(status=200, body=b"<html>")), "the answer is no JSON"),
    ):
        assert any(problem in each for each in told(wrong)), told(wrong)


@needs_specs
def test_what_is_wrong_at_bigcommerce(exchanges: Mapping[str, Exchange]) -> None:
    """Fields and filters that the files do not name, ill-typed ones, another content type, another answer."""
    made, listed = (exchanges[f"{method} {STORE}/v3/catalog/products"] for method in ("POST", "GET"))
    body = json.loads(made.request.body)
    for changed, problem in (
        ({"body": json.dumps({**body, "desciption": "x"}).encode()}, "body: .: 'desciption' is not one of"),
        ({"body": json.dumps({**body, "weight": "heavy"}).encode()}, "body: weight: 'heavy' is not of type"),
        ({"body": json.dumps({"name": "Pro"}).encode()}, "is a required property"),
        ({"headers": {"user-agent": "billform"}}, "body: sent as None"),
        ({"query": "colour=red"}, "query: colour: no such parameter"),
    ):
        request = own(made).request
        found = told(replace(made, request=replace(request, **changed)), SPECS)
        assert found, changed
        assert all(problem in each for each in found), found
    for query in ("limit=many", "lmit=3"):
        assert told(own(listed, query=query), SPECS) != []
    assert made.answer is not None
    shown = json.loads(made.answer.body)["data"]
    assert told(answered(made, data=shown), SPECS) == []
    assert told(answered(made, data={**shown, "colour": "red"}), SPECS) != []
    assert told(answered(made, data={"price": "free"}), SPECS) != []
    assert told(replace(made, answer=json_answer(201, {})), SPECS) != []


def test_a_route_that_nobody_knows(exchanges: Mapping[str, Exchange]) -> None:
    """What is answered must be checked; what our own client asks for must be there to be checked."""
    exchange = exchanges["POST /v1/products"]
    elsewhere = replace(exchange.request, path="/v1/gadgets")
    assert [each.rpartition(": ")[2] for each in told(replace(exchange, request=elsewhere))] == [
        "no such operation"
    ] * 2
    refused = replace(exchange, request=elsewhere, answer=json_answer(404, {"error": {"type": "api_error"}}))
    assert told(refused) == []
    assert len(told(own(refused, path="/v1/gadgets"))) == 1


def test_a_simulator_that_stumbles_is_told(exchanges: Mapping[str, Exchange]) -> None:
    """Nobody may take a traceback for a vendor's answer."""
    assert told(replace(exchanges["GET /v1/products"], crash="Traceback: …"))[0].endswith("Traceback: …")


def test_what_is_alike_is_judged_once_and_told_each_time(exchanges: Mapping[str, Exchange]) -> None:
    """Ids and moments make no difference; anything that a check could see does."""
    checker = Checker(None)
    exchange = exchanges["POST /v1/products"]
    for created in (1_700_000_000, 1_700_000_001):
        checker.problems(answered(exchange, created=created, id=f"prod_{created}Abcd"))
    assert (checker.counts["stripe: answers"], checker.counts["stripe: answers judged"]) == (2, 1)
    wrong = answered(exchange, active="yes")
    assert checker.problems(wrong) == checker.problems(wrong) != []
    assert checker.counts["stripe: answers judged"] == 2


@pytest.mark.parametrize(("name", "route"), [(name, route) for name, routes in served().items() for route in routes])
def test_every_route_of_the_simulator_can_be_checked(name: str, route: str) -> None:
    """What the simulator serves is in the package, or in the files where they are there."""
    method, _, path = route.partition(" ")
    if name == "bigcommerce":
        if SPECS is None:
            pytest.skip("BILLFORM_SPECS names no directory with the OpenAPI files")
        path = f"{STORE}{path}"
    vendor: Vendor = vendors(Path(SPECS) if SPECS else None)[name]
    request = Request(number=1, write_number=None, method=method, path=path, query="", headers={}, body=b"")
    assert vendor.operation(request) is not None


def test_operations_are_read_as_the_package_has_them() -> None:
    """A literal path comes before one with a placeholder; what is answered is known, alone or in pages."""
    search = package.find("GET", "/v1/products/search")
    assert search is not None
    assert (search.template, search.container, search.shows) == (
        "/v1/products/search",
        "SearchResultObject",
        "product",
    )
    assert package.find("GET", "/v1/products/search/more") is None
    archived = package.find("POST", "/v1/billing/meters/mtr_1/deactivate")
    assert archived is not None
    assert (archived.params.__name__, archived.container, archived.shows) == (
        "MeterDeactivateParams",
        None,
        "billing.meter",
    )
