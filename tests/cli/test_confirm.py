"""Who is asked what before anything is written."""

from __future__ import annotations

import pytest

from billform.catalog.environment import Environment
from billform.cli import console
from billform.cli.confirm import confirm
from billform.core.diagnostic import BillformError

WORDS = {
    "test": {"mode": "test"},
    "production": {"mode": "live"},
    "staging": {"mode": "test", "guardrails": {"confirm": "typed"}},
    "sandbox": {"mode": "live", "guardrails": {"confirm": "yes"}},
}


def environment(name: str) -> Environment:
    return Environment.model_validate(WORDS[name]).located(name)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person at the terminal answers, in order; nobody is there when the list stays empty."""
    given: list[str] = []
    monkeypatch.setattr(console, "interactive", lambda: bool(given))
    monkeypatch.setattr(console, "ask", lambda question: given.pop(0))
    return given


def refused(name: str, *, yes: bool = False, typed: str | None = None) -> str:
    with pytest.raises(BillformError) as error:
        confirm(environment(name), yes=yes, typed=typed)
    return error.value.diagnostics[0].code


@pytest.mark.parametrize("name", ["test", "sandbox"])
def test_a_yes_is_enough_where_the_environment_says_so(name: str, answers: list[str]) -> None:
    confirm(environment(name), yes=True, typed=None)
    answers += ["y", "YES"]
    confirm(environment(name), yes=False, typed=None)
    confirm(environment(name), yes=False, typed=None)
    assert answers == []


@pytest.mark.parametrize("answer", ["", "n", "production", "yess"])
def test_anything_else_is_a_no(answer: str, answers: list[str]) -> None:
    answers.append(answer)
    assert refused("test") == "X012"


@pytest.mark.parametrize("name", ["production", "staging"])
def test_real_money_wants_the_name_typed(name: str, answers: list[str]) -> None:
    answers += [name, "yes", name.upper()]
    confirm(environment(name), yes=False, typed=None)
    assert [refused(name), refused(name)] == ["X012", "X012"]


def test_a_plain_yes_is_not_enough_for_real_money(answers: list[str]) -> None:
    assert refused("production", yes=True) == "X011"
    confirm(environment("production"), yes=True, typed="production")
    confirm(environment("production"), yes=False, typed="production")


def test_the_name_of_another_environment_is_refused_whatever_else_is_said(answers: list[str]) -> None:
    assert refused("production", yes=True, typed="test") == "X012"
    assert refused("test", yes=True, typed="production") == "X012"


@pytest.mark.parametrize("name", list(WORDS))
def test_nobody_there_to_ask_is_a_no_that_says_how(name: str, answers: list[str]) -> None:
    assert refused(name) == "X010"
