"""`billform apply`: shown, confirmed, done; stopped, continued, refused; plan files applied as they are."""

from __future__ import annotations

import json
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from billform.cli import planning
from billform.engine.lock import locked
from tests.cases.story import Stage
from tests.cli.running import at_a_terminal, finished, process
from tests.cli.shop import LOCAL, rewrite, shop, writes
from tests.cli.test_revision import git

__all__ = ["shop"]

RISE = ("catalog/plans/pro.yaml", "usd: 49,", "usd: 59,")
NOTHING = "No changes. 24 objects match.\n"
PLACES = ("catalog", "environments")


def test_a_first_run_ends_with_what_was_made_and_what_to_try_next(shop: Stage) -> None:
    code, out, err = shop.command("apply local --yes")
    assert code == 0
    assert out.splitlines()[-1] == "Applied 24 of 24. 0 failed, 0 skipped."
    progress = re.findall(r"^\[ *(\d+)/24\] [+~] \S+ +\S.*?\d+\.\ds", err, flags=re.MULTILINE)
    assert progress == [str(number) for number in range(1, 25)]
    assert re.search(r"^Stripe has 1 coupon, .* 4 prices, 3 products", err, flags=re.MULTILINE)
    assert "billform simulator reset" in err.split("What to try next")[1]


SIGNING = "STRIPE_WEBHOOK_ENDPOINT__ACME__WORKER_SECRET"


def test_a_new_webhook_says_where_its_signing_secret_is(shop: Stage) -> None:
    _, out, err = shop.command("apply local --yes")
    assert f"The secret {SIGNING}, which its vendor shows only once, is in .billform/secrets/local.env" in err
    kept = (shop.directory / ".billform/secrets/local.env").read_text(encoding="utf-8").splitlines()
    (secret,) = [line.removeprefix(f"{SIGNING}=") for line in kept if line.startswith(SIGNING)]
    assert secret
    assert secret not in out + err
    assert "secret" not in shop.command("apply local --yes")[2], "nothing was stored, nothing is said"


def test_secrets_of_two_webhooks_that_a_command_keeps_are_told_by_name(shop: Stage) -> None:
    rewrite(shop, "environments/local.yaml", LOCAL + 'secrets: { command: [sh, -c, "cat >> kept"] }\n')
    shop.edit(
        "catalog/settings.yaml",
        "    worker:",
        "    audit: { url: https://a.example, events: [invoice.paid] }\n    worker:",
    )
    err = shop.command("apply local --yes")[2]
    assert "These secrets, which their vendors show only once, are with `sh`:" in err
    assert set(re.findall(r"^  (STRIPE_\w+)$", err, flags=re.MULTILINE)) == {
        SIGNING,
        SIGNING.replace("WORKER", "AUDIT"),
    }


def test_a_secret_that_could_not_be_kept_is_not_said_to_be(shop: Stage) -> None:
    rewrite(shop, "environments/local.yaml", LOCAL + "secrets: { command: [sh, -c, exit 1] }\n")
    err = shop.command("apply local --yes")[2]
    assert "error[" in err
    assert "worker" in err.split("error[")[1]
    assert "shows only once" not in err


def test_a_job_is_warned_before_a_secret_is_lost_with_it(shop: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    err = shop.command("apply local --yes")[2]
    assert err.index("warning[S025]") < err.index("[ 1/24]")
    shop.command("simulator reset")
    rewrite(shop, "environments/local.yaml", LOCAL + f"secrets: {{ file: {shop.directory.parent}/kept.env }}\n")
    assert "S025" not in shop.command("apply local --yes")[2]
    assert "S025" not in shop.command("apply local --yes")[2]


def test_applied_is_applied(shop: Stage) -> None:
    shop.command("apply local --yes")
    before = writes(shop)
    code, out, err = shop.command("apply local --yes")
    assert (code, out) == (0, NOTHING)
    assert "What to try next" not in err
    assert writes(shop) == before


def test_nobody_there_to_ask(shop: Stage) -> None:
    code, out, err = shop.command("apply local")
    assert code == 1
    assert out.splitlines()[-1].startswith("Plan: ")
    assert "error[X010]" in err
    assert "hint: run it again with `--yes`" in err
    assert writes(shop) == []


def test_an_environment_that_wants_its_name(shop: Stage) -> None:
    rewrite(shop, "environments/local.yaml", LOCAL + "guardrails: { confirm: typed }\n")
    told = [shop.command(f"apply local {each}") for each in ("--yes", "--confirm test", "")]
    assert [code for code, _, _ in told] == [1, 1, 1]
    assert re.findall(r"error\[(\w+)\]", "".join(err for _, _, err in told)) == ["X011", "X012", "X010"]
    assert writes(shop) == []
    assert shop.command("apply local --yes --confirm local")[0] == 0


def test_a_blocked_plan_is_not_applied_and_not_asked_about(shop: Stage) -> None:
    shop.command("apply local --yes")
    before = writes(shop)
    rewrite(shop, "environments/local.yaml", LOCAL + "guardrails: { max_amount_change: 10% }\n")
    shop.edit(*RISE)
    code, out, err = shop.command("apply local --yes")
    assert code == 1
    assert "Applied" not in out
    assert "error[G002]" in err
    shop.command("plan local --out plan.json")
    assert shop.command("apply plan.json --yes")[0] == 1
    assert writes(shop) == before
    assert shop.command("apply plan.json --yes --allow amounts=3")[0] == 0


def test_two_at_once(shop: Stage) -> None:
    with locked("local"):
        code, _, err = shop.command("apply local --yes")
    assert code == 1
    assert "error[S010]: another apply for local is at work" in err
    assert writes(shop) == []


def test_a_directory_that_cannot_be_written_to_stops_it_before_anything_is_written(shop: Stage) -> None:
    locks = shop.directory / ".billform/locks"
    locks.write_text("in the way", encoding="utf-8")
    code, _, err = shop.command("apply local --yes")
    assert code == 1
    assert "error[S011]" in err
    assert writes(shop) == []


# What a vendor does


def test_one_failure_stops_only_what_depends_on_it(shop: Stage) -> None:
    fault = {"vendor": "stripe", "method": "POST", "path": "/v1/coupons", "action": "server_error", "status": 402}
    shop.control("POST", "faults", json={**fault, "count": None})
    code, out, err = shop.command("apply local --yes")
    assert code == 4
    assert out.splitlines()[-1] == "Applied 22 of 24. 1 failed, 1 skipped."
    assert re.search(r"x stripe\.coupon/spring .* V0\d\d$", err, flags=re.MULTILINE)
    assert re.search(r"· stripe\.promotion_code/spring .*it waits for stripe\.coupon/spring", err)
    assert "error[V0" in err
    assert "what is done is not done twice" in err
    shop.control("DELETE", "faults")
    assert shop.command("apply local --yes")[1].splitlines()[-1] == "Applied 2 of 2. 0 failed, 0 skipped."
    assert shop.command("plan local")[1] == NOTHING


def test_every_change_is_told_of_as_the_last_line_counts_it(shop: Stage) -> None:
    """A price whose successor is still being made, when what its old version waits for has failed."""
    shop.command("apply local --yes")
    shop.edit(*RISE)
    shop.edit("catalog/plans/pro.yaml", "usd: 490,", "usd: 590,")
    fault = {"vendor": "stripe", "method": "POST", "path": "/v1/prices"}
    shop.control("POST", "faults", json={**fault, "action": "latency", "ms": 1_500, "nth": 2})
    shop.control("POST", "faults", json={**fault, "action": "server_error", "status": 402, "count": None})
    code, out, err = shop.command("apply local --yes")
    assert code in {1, 4}
    failed, skipped = map(int, re.findall(r"(\d+) failed, (\d+) skipped\.", out)[0])
    endings = re.findall(r"^\[ *\d+/\d+\] (\S) ", err, flags=re.MULTILINE)
    assert (endings.count("x"), endings.count("·")) == (failed, skipped)
    assert failed == 2


def test_nothing_at_all_could_be_written(shop: Stage) -> None:
    refused = {"writes": True, "action": "server_error", "status": 402, "count": None}
    shop.control("POST", "faults", json={**refused, "nth": 2})  # the first is the one that says who is at work
    code, out, err = shop.command("apply local --yes")
    assert code == 1
    assert out.splitlines()[-1].startswith("Applied 0 of 24.")
    assert "warning[S016]" in err
    shop.control("DELETE", "faults")
    assert shop.command("apply local --yes")[0] == 0, "the hold that was not given back is our own"


def test_not_even_who_is_at_work_could_be_written(shop: Stage) -> None:
    shop.control("POST", "faults", json={"writes": True, "action": "server_error", "status": 402, "count": None})
    code, out, _ = shop.command("apply local --yes")
    assert code == 1
    assert "Applied" not in out
    assert len(writes(shop)) == 1


def stopped(shop: Stage, *signals: int, wait_for: str = r"^\[ *\d+/24\]", pause: float = 0.0) -> tuple[int, str, str]:
    """An apply in a process of its own, sent signals as soon as it has told of its first change."""
    with process("apply", "local", "--yes", cwd=shop.directory) as running:
        assert running.stderr is not None
        assert running.stdout is not None
        said = ""
        while not re.search(wait_for, said, flags=re.MULTILINE):
            line = running.stderr.readline()
            assert line, said
            said += line
        for number in signals:
            running.send_signal(number)
            time.sleep(pause)
        said += running.stderr.read()
        out = running.stdout.read()
    return running.returncode, out, said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=["Ctrl-C", "end", "hang up"])
def test_the_first_ctrl_c_finishes_what_is_under_way_and_the_next_run_goes_on(number: int, shop: Stage) -> None:
    shop.control("POST", "faults", json={"writes": True, "action": "latency", "ms": 300, "count": None})
    code, out, err = stopped(shop, number)
    assert code == 130
    assert "Stopping: what is under way is finished, nothing more is begun." in err
    done, total, left = map(int, re.findall(r"Applied (\d+) of (\d+)\. 0 failed, (\d+) skipped\.", out)[0])
    assert 0 < done < total == 24
    assert re.search(r"^Stopped\. Left: \S+", err, flags=re.MULTILINE)
    shop.control("DELETE", "faults")
    assert shop.command("apply local --yes")[1].splitlines()[-1] == f"Applied {left} of {left}. 0 failed, 0 skipped."
    assert shop.command("plan local")[1] == NOTHING


def test_the_second_ctrl_c_stops_at_once_and_the_next_run_still_makes_it_whole(shop: Stage) -> None:
    shop.control("POST", "faults", json={"writes": True, "action": "latency", "ms": 100, "count": 6})
    hangs = {"method": "POST", "path": "/v1/*s", "action": "latency", "ms": 100_000, "nth": 7, "count": None}
    shop.control("POST", "faults", json=hangs)
    before = time.monotonic()
    code, out, err = stopped(shop, signal.SIGINT, signal.SIGINT, pause=0.5)
    assert code == 130
    assert time.monotonic() - before < 15
    assert "Applied" not in out
    assert "Stopped at once: what was under way may have been done or not" in err
    assert "Traceback" not in err
    shop.control("DELETE", "faults")
    code, out, err = shop.command("apply local --yes")
    assert code == 0, out + err
    assert shop.command("plan local")[1] == NOTHING


def test_ctrl_c_while_reading_changes_nothing(shop: Stage) -> None:
    shop.control("POST", "faults", json={"writes": False, "action": "latency", "ms": 3_000, "count": None})
    code, out, err = stopped(shop, signal.SIGINT, wait_for=r"^Read")
    assert (code, out) == (130, "")
    assert "Traceback" not in err
    assert writes(shop) == []


# Plan files


@pytest.fixture
def planned(shop: Stage) -> Stage:
    """A shop in force, and a plan file for a price rise."""
    shop.command("apply local --yes")
    shop.edit(*RISE)
    assert shop.command("plan local --out plan.json")[0] == 0
    return shop


def test_a_plan_file_is_applied_as_it_is(planned: Stage) -> None:
    code, out, err = planned.command("apply plan.json --yes")
    assert code == 0
    digest = json.loads((planned.directory / "plan.json").read_text(encoding="utf-8"))["digest"]
    assert err.startswith(f"Plan {digest} for local, made just now.\n")
    assert out.splitlines()[0] == "What customers will notice"
    assert out.splitlines()[-1] == "Applied 6 of 6. 0 failed, 0 skipped."
    assert planned.command("plan local")[1] == NOTHING


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_plan_of_files_that_no_commit_has_says_so(shop: Stage) -> None:
    for words in ("init -q", "add -A", "commit -q -m first"):
        git(shop.directory, *words.split())
    clean = shop.command("plan local --out plan.json")[2]
    assert re.search(r"^Read 5 files at [0-9a-f]{7}$", clean, flags=re.MULTILINE)
    shop.edit(*RISE)
    assert re.search(r"^Read 5 files at [0-9a-f]{7}\+changes$", shop.command("plan local")[2], flags=re.MULTILINE)
    assert "changed since the plan was made at" in shop.command("apply plan.json --yes")[2]
    shop.command("plan local --out plan.json")
    assert re.match(
        r"Plan \S+ for local, made .* from [0-9a-f]{7}\+changes\.", shop.command("apply plan.json --yes")[2]
    )


def edited_plan(change: Callable[[str], str]) -> Callable[[Stage], None]:
    def damage(stage: Stage) -> None:
        path = stage.directory / "plan.json"
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return damage


def somebody_else(stage: Stage) -> None:
    answer = stage.stripe("POST", "/v1/products/acme-pro", data={"description": "Edited"})
    assert answer.is_success


def other_account(stage: Stage) -> None:
    stage.edit("environments/local.yaml", "acct_1BillformLocal00", "acct_1SomebodyElse00")


def deleted_environment(stage: Stage) -> None:
    (stage.directory / "environments/local.yaml").rename(stage.directory / "environments/other.yaml")


DOUBTS: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "an object has moved": ("A001", somebody_else),
    "it was applied before": ("P016", lambda stage: stage.command("apply plan.json --yes") and None),
    "the catalog has changed": ("P015", lambda stage: stage.edit("catalog/plans/pro.yaml", "usd: 59,", "usd: 69,")),
    "the account is another": ("P014", other_account),
    "the environment is gone": ("E001", deleted_environment),
    "it was cut off": ("P010", edited_plan(lambda text: text[: len(text) // 2])),
    "it was edited": ("P013", edited_plan(lambda text: text.replace("59 usd", "5.9 usd"))),
    "it is from the future": ("P012", edited_plan(lambda text: text.replace('"format": 1', '"format": 9'))),
    "it is something else": ("P011", edited_plan(lambda text: "{}")),
    "it is not there": ("X013", lambda stage: (stage.directory / "plan.json").unlink()),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_plan_file_in_doubt_changes_nothing(doubt: str, planned: Stage) -> None:
    expected, happens = DOUBTS[doubt]
    happens(planned)
    before = writes(planned)
    code, out, err = planned.command("apply plan.json --yes")
    assert code == 1
    assert set(re.findall(r"error\[(\w+)\]", err)) == {expected}
    assert "Applied" not in out
    assert "hint: " in err
    assert writes(planned) == before


def test_whether_a_plan_was_applied_before_takes_no_further_request(planned: Stage) -> None:
    """What it rests on has been read to tell that it is stale, and that tells this too."""
    lists = ("/v1/prices", "/v1/products", "/stores/simstore1/v3/catalog/variants")
    asked = []
    for code in (0, 1):
        planned.control("DELETE", "log")
        assert planned.command("apply plan.json --yes")[0] == code
        read = [each["path"] for each in planned.control("GET", "log").json()["data"] if each["method"] == "GET"]
        asked.append([read.count(each) for each in lists])
    assert asked[1] == asked[0], "as often as the run that applied it"


def test_a_plan_that_is_stale_says_so_before_it_says_where(planned: Stage) -> None:
    somebody_else(planned)
    err = planned.command("apply plan.json --yes")[2]
    assert err.index("What this plan rests on has changed since it was made.") < err.index("error[A001]")


@pytest.mark.parametrize("name", ["plan", "plan.txt", "./plan"])
def test_a_plan_file_may_have_any_name(name: str, planned: Stage) -> None:
    err = planned.command(f"plan local --out {name}")[2]
    (shown,) = re.findall(r"`billform (apply \S+)` applies exactly this", err)
    assert planned.command(f"{shown} --yes")[1].splitlines()[-1] == "Applied 6 of 6. 0 failed, 0 skipped."


def test_a_file_called_as_an_environment_is_not_guessed_at(planned: Stage) -> None:
    planned.command("plan local --out local")
    before = writes(planned)
    code, _, err = planned.command("apply local --yes")
    assert (code, "error[P017]" in err, writes(planned)) == (1, True, before)
    (planned.directory / "local").unlink()
    (planned.directory / "local").mkdir()
    assert planned.command("apply local --yes")[0] == 0, "a directory is no plan"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("apply environments/local.yaml", "`billform apply local`"),
        ("apply local.yaml", "`billform apply local`"),
        ("plan environments/local.yaml", "`billform plan local`"),
        ("drift plan.json", "`billform apply plan.json`"),
        ("plan plan.json", "`billform apply plan.json`"),
    ],
)
def test_a_slip_between_environments_and_files_is_answered_with_what_to_type(
    typed: str, meant: str, planned: Stage
) -> None:
    before = writes(planned)
    code, out, err = planned.command(typed)
    assert (code, out, writes(planned)) == (1, "", before)
    assert "error[E001]" in err
    assert meant in err


@pytest.mark.parametrize(
    "words",
    [
        *("archive=abc", "archive=-1", "archive=0", "amounts=1.5", "archive=3%", "protected=pro", "protected=*"),
        *("archive=3 --allow archive=4", "amounts=3 --allow amounts=3"),
    ],
)
def test_a_guardrail_is_not_lifted_by_what_it_does_not_understand(words: str, shop: Stage) -> None:
    code, out, err = shop.command(f"apply local --yes --allow {words}")
    assert (code, out, writes(shop)) == (2, "", [])
    assert "archive=NUMBER, amounts=NUMBER, protected=ADDRESS" in err or "is given twice" in err


def test_protected_addresses_are_named_one_by_one_or_together() -> None:
    one, other = "stripe.price/pro.base.monthly", "bigcommerce.variant/main/pro.base.monthly"
    for value in ((f"protected={one}", f"protected={other}"), (f"protected={one},{other}",)):
        assert planning.allow(value) == {"protected": f"{one},{other}"}


def test_a_plan_is_not_written_to_a_file_called_dash(shop: Stage) -> None:
    code, _, err = shop.command("plan local --out -")
    assert (code, "error[X014]" in err, "`--format json`" in err) == (1, True, True)
    assert not (shop.directory / "-").exists()


def test_a_plan_file_for_another_mode(planned: Stage) -> None:
    words = "mode: test\nstripe: { account: acct_1BillformLocal00, api_key_env: KEY }\n"
    rewrite(planned, "environments/local.yaml", words)
    before = writes(planned)
    code, _, err = planned.command("apply plan.json --yes")
    assert code == 1
    assert re.search(r"error\[[A-Z]\d\d\d\]", err)
    assert writes(planned) == before


def test_a_plan_file_is_not_cut_down_afterwards(planned: Stage) -> None:
    code, _, err = planned.command("apply plan.json --only stripe.price/*")
    assert code == 2
    assert "a plan file is applied as it is" in err


# At a terminal


def test_at_a_terminal_it_asks_and_shows_a_bar(shop: Stage) -> None:
    code, seen = at_a_terminal(shop.directory, "y")
    assert code == 0
    assert "Apply this plan? [y/N]" in seen
    assert "━" in seen
    assert "\x1b[32m+\x1b[0m" in seen
    assert "Applied 24 of 24" in seen
    assert shop.command("plan local")[1] == NOTHING


def test_a_terminal_of_few_letters_gets_all_of_it_done(shop: Stage) -> None:
    shop.command("apply local --yes")
    shop.edit(*RISE)
    code, seen = at_a_terminal(shop.directory, "", "--yes", PYTHONIOENCODING="ascii")
    assert code == 0
    assert "? \x1b[1mstripe.price/pro.base.monthly" in seen or "?\x1b[0m stripe.price/pro.base.monthly" in seen
    assert "Applied 6 of 6" in seen


def test_a_no_is_a_no(shop: Stage) -> None:
    code, seen = at_a_terminal(shop.directory, "n")
    assert code == 1
    assert "Not confirmed. Nothing was written." in seen
    assert "error" not in seen
    assert writes(shop) == []


def test_what_moved_while_the_question_stood_is_noticed(planned: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from billform.cli import console

    def ask(question: str) -> str:
        somebody_else(planned)
        return "yes"

    monkeypatch.setattr(console, "interactive", lambda: True)
    monkeypatch.setattr(console, "ask", ask)
    before = writes(planned)
    code, _, err = planned.command("apply local")
    assert code == 1
    assert "error[A001]" in err
    assert len(writes(planned)) == len(before) + 1  # somebody else's


def test_a_name_typed_at_a_terminal(shop: Stage) -> None:
    rewrite(shop, "environments/local.yaml", LOCAL + "guardrails: { confirm: typed }\n")
    assert at_a_terminal(shop.directory, "yes")[0] == 1
    assert writes(shop) == []
    assert at_a_terminal(shop.directory, "local")[0] == 0


def test_a_reader_that_goes_away_does_not_stop_an_apply(shop: Stage) -> None:
    with process("apply", "local", "--yes", cwd=shop.directory) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        running.stderr.close()
    assert running.returncode == 0
    assert shop.command("plan local")[1] == NOTHING


def test_without_a_running_simulator_it_starts_its_own(tmp_path: Path) -> None:
    here = tmp_path / "alone"
    here.mkdir()
    for name in PLACES:
        (here / name).symlink_to(Path(__file__).parents[1] / "cases/_project" / name)
    first = finished("apply", "local", "--yes", cwd=here)
    second = finished("plan", "local", cwd=here)
    assert (first.code, second.code, second.out) == (0, 0, NOTHING), first.err + second.err
