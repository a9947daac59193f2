"""Nobody is left to wonder: a silence while the vendors are read is explained."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from billform.cli.waiting import Watch, of_the_simulator
from billform.core.diagnostic import BillformError, Diagnostic
from billform.engine import observe
from billform.engine.progress import Observed
from billform.providers.http import RequestEvent
from tests.cases.story import Stage
from tests.cli.shop import shop

__all__ = ["shop"]

PLACES = [("stripe.price", ""), ("bigcommerce.product", "main")]


def event(vendor: str, *, verdict: str = "accepted", wait: float | None = None) -> RequestEvent:
    return RequestEvent(
        vendor=vendor,
        method="GET",
        path="/",
        endpoint="/",
        write=False,
        attempt=1,
        seconds=0.1,
        status=200 if wait is None else None,
        request_id=None,
        verdict=verdict,
        wait=wait,
    )


@pytest.mark.parametrize("nth", [1, 20], ids=["while it is opened", "while it is read"])
def test_a_vendor_that_is_slow_is_named_once(nth: int, shop: Stage) -> None:
    slow = {"vendor": "bigcommerce", "writes": False, "action": "latency", "ms": 4_500, "nth": nth}
    shop.control("POST", "faults", json=slow)
    code, _, err = shop.command("plan local")
    assert code == 0, err
    (told,) = re.findall(r"^Waiting for (.*) …$", err, flags=re.MULTILINE)
    why = "BigCommerce: slow to answer, or its quota of requests is used up until the next window"
    assert told == (why if nth > 1 else f"Stripe and {why}")


def test_vendors_that_answer_are_not_spoken_of(shop: Stage) -> None:
    assert "Waiting" not in shop.command("plan local")[2]


async def silence(watch: Watch, monkeypatch: pytest.MonkeyPatch, *heard: Any) -> list[str]:
    """What is said in a silence after these events."""
    monkeypatch.setattr("billform.cli.waiting.PATIENCE", 0.06)
    said: list[str] = []
    with watch.over(PLACES, said.append):
        for each in heard:
            (watch.heard if isinstance(each, RequestEvent) else watch.read)(each)
        await asyncio.sleep(0.3)
    return said


def told(monkeypatch: pytest.MonkeyPatch, *heard: Any) -> list[str]:
    return asyncio.run(silence(Watch(), monkeypatch, *heard))


def test_whoever_is_asked_again_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = event("stripe", verdict="the connection was refused", wait=8)
    assert told(monkeypatch, refused) == ["Stripe is asked again (the connection was refused)"]
    assert told(monkeypatch, refused, event("stripe"), Observed("bigcommerce.product", "main", 1)) == [
        "Waiting for Stripe: slow to answer"
    ]


def test_what_was_read_to_the_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done = [Observed(kind, site, 1) for kind, site in PLACES]
    assert told(monkeypatch, *done) == []


def test_a_simulator_that_stopped_has_no_status_page(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stopped(*_: object, **__: object) -> None:
        raise BillformError(Diagnostic("V001", "Stripe could not be reached", hint="check the vendor's status page"))

    monkeypatch.setattr(observe, "observe", stopped)
    code, _, err = shop.command("plan local")
    assert code == 1
    assert "start `billform simulator` again" in err
    assert "status page" not in err
    other = Diagnostic("V006", "no", hint="check the key")
    assert of_the_simulator([other]) == [other]
