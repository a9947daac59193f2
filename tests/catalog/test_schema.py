"""The published schemas and the models say the same about every file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from billform.catalog import files
from billform.catalog.environment import Environment
from billform.catalog.expected import FORMS
from billform.catalog.load import understood
from billform.catalog.merge import with_templates
from billform.catalog.models import Catalog
from billform.catalog.nodes import MapNode, Plain, plain
from billform.catalog.schema import catalog_schema, environment_schema
from billform.catalog.yaml import parse
from billform.core.diagnostic import errors

PROJECT = Path(__file__).parents[2]
SHAPE = {"C012", "C013", "C014", "C015", "C016", "C018"}
"""Codes of what a schema can see, for it knows no other file and no other environment."""


@cache
def schema_of(name: str) -> Draft202012Validator:
    schema = catalog_schema() if name == "catalog" else environment_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def as_json(value: Plain) -> Any:
    """As an editor reads it: numbers that a schema takes for numbers."""
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def tree_of(text: str) -> MapNode:
    tree, problems = parse(text, "a.yaml")
    assert problems == []
    assert tree is not None
    return tree


def model_takes(name: str, tree: MapNode) -> bool:
    """Whether the models find nothing wrong with the shape of one file."""
    if name == "environment":
        try:
            Environment.model_validate(plain(tree), strict=True)
        except ValidationError:
            return False
        return True
    whole, about = with_templates(tree, Catalog)
    _, found = understood(whole, is_whole=False)
    return not any(each.code in SHAPE for each in errors([*about, *found]))


def examples() -> Iterator[Any]:
    for name, directory in (("catalog", "catalog"), ("environment", "environments")):
        for path in files.find(PROJECT / directory).paths:
            yield pytest.param(name, path, id=path.relative_to(PROJECT).as_posix())


@pytest.mark.parametrize(("name", "path"), list(examples()))
def test_every_example_file_is_right_and_names_its_schema(name: str, path: Path) -> None:
    tree, problems = files.read(path)
    assert (problems, tree is not None) == ([], True)
    assert tree is not None
    assert [each.message for each in schema_of(name).iter_errors(as_json(plain(tree)))] == []
    modeline = path.read_text(encoding="utf-8").splitlines()[0]
    assert modeline.startswith("# yaml-language-server: $schema=")
    assert (path.parent / modeline.partition("=")[2]).resolve() == PROJECT / "schemas" / f"{name}.json"


PLAN = "catalog: x\nplans:\n  pro:\n    "
PRICE = PLAN + "charges: {base: {prices: {m: {every: month, "
CASES = [
    ("catalog", "catalog: x\n", True),
    ("catalog", "catalog: Not A Key\n", False),
    ("catalog", "catalog: x\nplan: {}\n", False),
    ("catalog", "catalog: x\nplans: []\n", False),
    ("catalog", "catalog: x\nplans:\n", False),
    ("catalog", "catalog: x\nplans: {Pro!: {}}\n", False),
    ("catalog", PLAN + "name: Pro\n", True),
    ("catalog", PLAN + "nmae: Pro\n", False),
    ("catalog", PLAN + "name: 12\n", False),
    ("catalog", PLAN + "name: ''\n", False),
    ("catalog", PLAN + "description:\n", False),
    ("catalog", PLAN + "description: null\n", False),
    ("catalog", PLAN + "storefront:\n", False),
    ("catalog", PLAN + "storefront: {}\n", True),
    ("catalog", "catalog: x\ntax:\n", False),
    ("catalog", PRICE + "tiers: {mode: volume, steps: [{up_to: null, unit: 1}]}}}}}\n", False),
    ("catalog", PLAN + "images:\n", False),
    ("catalog", PLAN + "images: [ftp://x]\n", False),
    ("catalog", PLAN + "visibility: secret\n", False),
    ("catalog", PLAN + "trial_days: 14\n", True),
    ("catalog", PLAN + "trial_days: 14.5\n", False),
    ("catalog", PLAN + "trial_days: '14'\n", False),
    ("catalog", PLAN + "trial_days: -1\n", False),
    ("catalog", PLAN + "trial_days: 731\n", False),
    ("catalog", PLAN + "metadata: {a: 1, b: true, c: x, d: 1.5}\n", True),
    ("catalog", PLAN + "metadata: {'a[0]': x}\n", False),
    ("catalog", PLAN + "metadata: {a: [x]}\n", False),
    ("catalog", PLAN + "features: {sso: true, seats: 5, calls: unlimited}\n", True),
    ("catalog", PLAN + "features: {sso: maybe}\n", False),
    ("catalog", PLAN + "statement_descriptor: 'a<b'\n", False),
    ("catalog", PRICE + "amount: 49}}}}\n", True),
    ("catalog", PRICE + "amount: 49.00}}}}\n", True),
    ("catalog", PRICE + "amount: '0.0004'}}}}\n", True),
    ("catalog", PRICE + "amount: {usd: 49, jpy: 6900}}}}}\n", True),
    ("catalog", PRICE + "amount: 1e3}}}}\n", False),
    ("catalog", PRICE + "amount: 0x1F}}}}\n", False),
    ("catalog", PRICE + "amount: 010}}}}\n", False),
    ("catalog", PRICE + "amount: '4,900'}}}}\n", False),
    ("catalog", PRICE + "amount: -5}}}}\n", False),
    ("catalog", PRICE + "amount: true}}}}\n", False),
    ("catalog", PRICE + "amount: {USD: 49}}}}}\n", False),
    ("catalog", PRICE + "amount: {usd: 1e3}}}}}\n", False),
    ("catalog", PRICE + "amount: {}}}}}\n", False),
    ("catalog", PRICE + "amount: [49]}}}}\n", False),
    ("catalog", PRICE + "amount: '1.1234567890123'}}}}\n", False),
    ("catalog", PLAN + "charges: {base: {prices: {m: {every: 3 months}}}}\n", True),
    ("catalog", PLAN + "charges: {base: {prices: {m: {every: {interval: month, count: 3}}}}}\n", True),
    ("catalog", PLAN + "charges: {base: {prices: {m: {every: fortnight}}}}\n", False),
    ("catalog", PLAN + "charges: {base: {prices: {m: {every: {interval: fortnight}}}}}\n", False),
    ("catalog", "catalog: x\ncoupons: {a: {percent_off: 12.5, duration: {months: 3}}}\n", True),
    ("catalog", "catalog: x\ncoupons: {a: {percent_off: 10, duration: sometimes}}\n", False),
    ("catalog", "catalog: x\ncoupons: {a: {percent_off: 10, duration: {moths: 3}}}\n", False),
    ("catalog", "catalog: x\ncoupons: {a: {percent_off: 10, ends: 2027-01-31}}\n", True),
    ("catalog", "catalog: x\ncoupons: {a: {percent_off: 10, ends: 31.1.2027}}\n", False),
    ("catalog", "catalog: x\npromotion_codes: {a: {}}\n", False),
    ("catalog", "catalog: x\ntax: {automatic: true}\n", True),
    ("catalog", "catalog: x\ntax: {automatic: on}\n", False),
    ("catalog", "catalog: x\nportal: {default: {invoice_history: true, subscription_pause: false}}\n", True),
    ("catalog", "catalog: x\nportal: {default: {invoice_history: no}}\n", False),
    ("catalog", "catalog: x\npayment_methods: {default: {methods: {card: on, link: off, blik: none}}}\n", True),
    ("catalog", "catalog: x\npayment_methods: {default: {methods: {card: maybe}}}\n", False),
    ("catalog", "catalog: x\nwebhooks: {stripe: {a: {url: https://x.example, events: [invoice.paid]}}}\n", True),
    ("catalog", "catalog: x\nwebhooks: {stripe: {a: {url: https://x.example, events: []}}}\n", False),
    ("catalog", "catalog: x\nwebhooks: {stripe: {a: {events: [invoice.paid]}}}\n", False),
    (
        "catalog",
        "catalog: x\ntemplates: {t: {images: ['https://x.example/a.png']}}\nplans: {p: {extends: t, images: null}}\n",
        True,
    ),
    ("catalog", "catalog: x\ntemplates: {t: {}}\nplans: {p: {extends: t, nmae: x}}\n", False),
    ("catalog", "catalog: x\ntemplates: {t: {nmae: x}}\n", False),
    ("environment", "mode: simulated\n", True),
    ("environment", "mode: pretend\n", False),
    ("environment", "{}\n", False),
    ("environment", "mode: test\nstripe: {account: acct_1NvXLq2eZvKYlo2C, api_key_env: KEY}\n", True),
    ("environment", "mode: test\nstripe: {account: '12'}\n", False),
    ("environment", "mode: test\nstripe: {api_key_env: 'A B'}\n", False),
    ("environment", "mode: test\nstores: {main: {}}\n", False),
    ("environment", "mode: test\nstores: {main: {hash: NOT-A-HASH}}\n", False),
    ("environment", "mode: test\nstorefronts: {us: {channel: US, currency: usd}}\n", True),
    ("environment", "mode: test\nstorefronts: {us: {currency: usd}}\n", False),
    ("environment", "mode: test\nguardrails: {max_archived: 25%, max_amount_change: 20}\n", True),
    ("environment", "mode: test\nguardrails: {max_archived: lots}\n", False),
    ("environment", "mode: test\nguardrails: {max_archived: 250%}\n", False),
    ("environment", "mode: test\nguardrails: {max_archived: 100.5}\n", False),
    ("environment", "mode: test\nguardrails: {max_archived: 100.0 %, max_amount_change: 250%}\n", True),
    ("environment", "mode: test\nguardrails: {confirm: never}\n", False),
    ("environment", "mode: test\nsecrets: {command: []}\n", False),
]


@pytest.mark.parametrize(
    ("name", "text", "right"), CASES, ids=[f"{i}-{each[1][:60]!r}" for i, each in enumerate(CASES)]
)
def test_schema_and_models_agree(name: str, text: str, right: bool) -> None:
    tree = tree_of(text)
    verdicts = {"schema": schema_of(name).is_valid(as_json(plain(tree))), "models": model_takes(name, tree)}
    assert verdicts == {"schema": right, "models": right}


@pytest.mark.parametrize(
    ("overlay", "right"),
    [
        ("{plans: {pro: {name: X, images: null, charges: {base: {prices: {monthly: {amount: 5}}}}}}}", True),
        ("{plans: {pro: null}, tax: {registrations: null}}", True),
        ("{webhooks: {stripe: {worker: {url: https://x.example}}}}", True),
        ("{promotion_codes: {a: {max_redemptions: 5}}}", True),
        ("{plans: {pro: {nmae: X}}}", False),
        ("{plans: {pro: {trial_days: soon}}}", False),
        ("{plan: {}}", False),
    ],
)
def test_an_overlay_speaks_the_catalogs_words_but_needs_none_of_them(overlay: str, right: bool) -> None:
    tree = tree_of(f"mode: simulated\ncatalog: {overlay}\n")
    assert schema_of("environment").is_valid(as_json(plain(tree))) == right


def test_every_word_is_described() -> None:
    """What a person sees who points at a word in an editor."""

    def words(schema: Any, above: str) -> Iterator[tuple[str, Any]]:
        if isinstance(schema, dict):
            for name, part in schema.get("properties", {}).items():
                yield f"{above}.{name}", part
            for name, part in schema.items():
                yield from words(part, name if above == "$defs" else f"{above}.{name}" if above else name)
        elif isinstance(schema, list):
            for part in schema:
                yield from words(part, above)

    for schema in (catalog_schema(), environment_schema()):
        # Where the word has nothing to add, its definition says it.
        parts = schema["$defs"]
        about = {
            name: part.get("description") or parts[part["$ref"].rpartition("/")[2]]["description"]
            for name, part in words(schema, "")
            if "description" in part or "$ref" in part
        }
        assert [name for name, part in words(schema, "") if not about.get(name) and not _or_null(part)] == []


def _or_null(part: Any) -> bool:
    """Whether a part only adds null to a definition, which says what it is."""
    return [set(each) for each in part.get("anyOf", [])] == [{"$ref"}, {"type"}]


def test_every_pattern_has_words_for_people() -> None:
    """A pattern that is not in the table would be reported as `text of another form`."""
    written = json.dumps([Catalog.model_json_schema(mode="validation"), Environment.model_json_schema()])

    def patterns(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            if isinstance(schema.get("pattern"), str):
                yield schema["pattern"]
            yield from schema.get("patternProperties", {})
            for part in schema.values():
                yield from patterns(part)
        elif isinstance(schema, list):
            for part in schema:
                yield from patterns(part)

    with_words_of_their_own = (
        "^[0-9]+(",
        "^0*(100(",
        "^(0|",
        "^([1-9]",
        "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]",
    )  # percentages, amounts, intervals, moments
    unknown = {each for each in patterns(json.loads(written)) if each not in FORMS}
    assert {each for each in unknown if not each.startswith(with_words_of_their_own)} == set()
