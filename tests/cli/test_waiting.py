"""Nobody is left to wonder: a limit that is waited for is named, and a silence is explained."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

from billform.cli import waiting
from billform.cli.waiting import Watch, of_the_simulator
from billform.core.diagnostic import BillformError, Diagnostic
from billform.engine.progress import Observed
from billform.providers.http import Limit, RequestEvent, WaitEvent
from tests.cases.story import Stage
from tests.cli.running import at_a_terminal
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
    assert told == ("BigCommerce: slow to answer" if nth > 1 else "Stripe and BigCommerce: slow to answer")


def test_vendors_that_answer_are_not_spoken_of(shop: Stage) -> None:
    assert "Waiting" not in shop.command("plan local")[2]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """People who wonder after half a second."""
    monkeypatch.setattr(waiting, "PATIENCE", 0.5)


def lines(err: str) -> list[str]:
    """What was said of waits whose end is known."""
    return re.findall(r"^Waiting .* left .*$", err, flags=re.MULTILINE)


def tight(shop: Stage, window: float) -> None:
    """A store that takes only a dozen requests in a window of so many seconds, which no plan is content with."""
    words = {"bigcommerce_quota": 12, "bigcommerce_window_ms": round(window * 1000)}
    assert shop.control("PUT", "limits", json=words).is_success


@pytest.mark.usefixtures("impatient")
def test_a_quota_that_is_waited_for_is_named_with_the_seconds_that_are_left(shop: Stage) -> None:
    tight(shop, 1.8)
    code, _, err = shop.command("plan local")
    assert code == 0, err
    (line,) = lines(err)
    assert re.fullmatch("Waiting for BigCommerce's quota, [12] s left …", line)


def test_a_quota_that_is_soon_new_is_not_spoken_of(shop: Stage) -> None:
    tight(shop, 1)
    code, _, err = shop.command("plan local")
    assert code == 0, err
    assert lines(err) == []


LOCKED = "Waiting to ask Stripe again, 1 s left (another request holds a lock on it)"
OVERLOADED = "Waiting to ask BigCommerce again, 1 s left (the store is overloaded)"


def refuse(shop: Stage, kind: str = "overload", **words: Any) -> None:
    """Orders that one request is refused, without a word of when to come back."""
    vendor = "stripe" if kind == "lock_timeout" else "bigcommerce"
    fault = {"vendor": vendor, "action": "rate_limit", "kind": kind, **words}
    assert shop.control("POST", "faults", json=fault).is_success


@pytest.mark.parametrize(("kind", "said"), [("lock_timeout", LOCKED), ("overload", OVERLOADED)])
def test_a_vendor_that_is_asked_again_is_named_with_the_reason(
    kind: str, said: str, shop: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.1)
    refuse(shop, kind)
    code, _, err = shop.command("plan local")
    assert code == 0, err
    assert lines(err) == [f"{said} …"]


def test_an_apply_says_what_it_waits_for_between_the_lines_of_its_changes(
    shop: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.2)
    refuse(shop, path="*/variants", writes=True)
    code, _, err = shop.command("apply local --yes")
    assert code == 0, err
    assert lines(err[err.index("[ 1/24]") : err.index("[24/24]")]) == [f"{OVERLOADED} …"]


def test_at_a_terminal_the_seconds_are_counted_down_and_no_line_is_left(shop: Stage) -> None:
    tight(shop, 1.8)
    refuse(shop, path="*/variants", writes=True)
    sooner = "from billform.cli import waiting; waiting.PATIENCE = 0.2"
    code, seen = at_a_terminal(shop.directory, "", "--yes", first=sooner)
    assert code == 0, seen
    reading, applying = seen.split("Observed")
    counted = re.findall(r"Reading Stripe and BigCommerce. Waiting for BigCommerce's quota, (\d) s left", reading)
    assert "1" in counted
    assert set(counted) <= {"2", "1"}
    assert OVERLOADED in applying
    assert "left …" not in seen
    assert " left" not in applying[applying.index("Applied 24 of 24") :]


async def silence(watch: Watch, monkeypatch: pytest.MonkeyPatch, *heard: Any) -> None:
    """Hears of these events, and of nothing after them."""
    monkeypatch.setattr("billform.cli.waiting.PATIENCE", 0.06)
    with watch.over(PLACES):
        for each in heard:
            takes: dict[type, Callable[[Any], None]] = {RequestEvent: watch.heard, WaitEvent: watch.waits}
            takes.get(type(each), watch.read)(each)
        await asyncio.sleep(0.3)


def told(monkeypatch: pytest.MonkeyPatch, *heard: Any) -> list[str]:
    said: list[str] = []
    asyncio.run(silence(Watch(said.append), monkeypatch, *heard))
    return said


def test_whoever_is_asked_again_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = event("stripe", verdict="the connection was refused", wait=8)
    assert told(monkeypatch, refused) == ["Stripe is asked again (the connection was refused)"]
    assert told(monkeypatch, refused, event("stripe"), Observed("bigcommerce.product", "main", 1)) == [
        "Waiting for Stripe: slow to answer"
    ]


def wait(seconds: float, limit: Limit | None = Limit.QUOTA) -> WaitEvent:
    return WaitEvent("bigcommerce", seconds, limit, "" if limit else "the store is overloaded")


def test_while_a_limit_is_waited_for_nobody_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, wait(20)) == ["Waiting for BigCommerce's quota, 20 s left"]
    # Once it is over, and still nothing comes, it is something else.
    assert told(monkeypatch, wait(0.1)) == [
        "Waiting for BigCommerce's quota, 1 s left",
        "Waiting for Stripe and BigCommerce: slow to answer",
    ]


def test_a_wait_is_told_once_and_a_longer_one_again() -> None:
    said: list[str] = []
    watch = Watch(said.append)
    for seconds in (2.9, 12, 4, 12.4, 11, 22, 40, 41):
        watch.waits(wait(seconds))
    assert said == [f"Waiting for BigCommerce's quota, {each} s left" for each in (12, 40)]
    watch.waits(WaitEvent("stripe", 4, Limit.RATE))
    assert said[2:] == ["Waiting for Stripe's rate limit, 4 s left"]
    assert watch.now() == "Waiting for BigCommerce's quota, 41 s left; Waiting for Stripe's rate limit, 4 s left"


def test_a_reason_in_a_vendors_words_does_not_steer_a_terminal() -> None:
    watch = Watch(lambda _: None)
    watch.waits(WaitEvent("stripe", 9, None, "wait \x1b[2J for it"))
    assert watch.now() == "Waiting to ask Stripe again, 9 s left (wait \\u001b[2J for it)"


def test_what_was_read_to_the_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    done = [Observed(kind, site, 1) for kind, site in PLACES]
    assert told(monkeypatch, *done) == []


@pytest.mark.parametrize("place", ["billform.providers.registry.connect", "billform.engine.observe.observe"])
def test_a_simulator_that_stopped_has_no_status_page(place: str, shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def stopped(*_: object, **__: object) -> None:
        raise BillformError(Diagnostic("V001", "Stripe could not be reached", hint="check the vendor's status page"))

    monkeypatch.setattr(place, stopped)
    code, _, err = shop.command("plan local")
    assert code == 1
    assert "start `billform simulator` again" in err
    assert "status page" not in err
    other = Diagnostic("V006", "no", hint="check the key")
    assert of_the_simulator([other]) == [other]
