"""What stays for good is said in one line, so that what is new in a plan is not lost in it."""

from __future__ import annotations

from billform.core.diagnostic import Diagnostic, Severity
from billform.render.summary import left_in_place

NEW = Diagnostic("P029", "something else", subject="stripe.price/pro", severity=Severity.WARNING)


def stays(*keys: str) -> list[Diagnostic]:
    return [Diagnostic("P031", f"{key} stays", subject=f"stripe.meter/{key}", severity=Severity.NOTE) for key in keys]


def test_one_is_named() -> None:
    assert left_in_place([NEW, *stays("calls")]) == (
        [NEW],
        "1 object left the catalog and stays as it is: stripe.meter/calls (`billform explain P031`)",
    )


def test_of_many_a_few_are() -> None:
    assert left_in_place([*stays("a", "b", "c", "d", "e"), NEW]) == (
        [NEW],
        "5 objects left the catalog and stay as they are: stripe.meter/a, stripe.meter/b, stripe.meter/c and 2 more"
        " (`billform explain P031`)",
    )


def test_nothing_is_said_of_nothing() -> None:
    assert left_in_place([NEW]) == ([NEW], None)
