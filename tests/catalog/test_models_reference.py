"""The guide and the reference say what is true: every example in them is accepted, and no word is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticUndefined

from billform.catalog import files
from billform.catalog.load import examine
from billform.catalog.models import AddOn, Catalog, Plan, Sold, Template
from billform.catalog.nodes import plain
from billform.catalog.reference import example, markdown, sections, title, written

DOCS = Path(__file__).parents[2] / "docs" / "catalog"
CATALOG = Path(__file__).parents[2] / "catalog"
ENVIRONMENTS = CATALOG.parent / "environments"

WORDS = [
    (model, name)
    for model, _ in sections()
    for name in model.model_fields
    if model is Sold or (model is not Template and (model not in (Plan, AddOn) or name not in Sold.model_fields))
]
"""Every word once: templates have those of plans and add-ons."""


def _blocks() -> list[str]:
    guide = (DOCS / "README.md").read_text(encoding="utf-8")
    return list(re.findall(r"^```yaml\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE))


CATALOG_BLOCKS = [block for block in _blocks() if not block.startswith("mode:")]


def _read(directory: Path, name: str, block: str) -> Any:
    path = directory / f"{name}.yaml"
    path.write_text(block, encoding="utf-8")
    tree, problems = files.read(path)
    assert tree is not None
    assert list(problems) == []
    return plain(tree)


def _problems(model: type[BaseModel], said: Any) -> list[Any]:
    try:
        model.model_validate(said, strict=True)
    except ValidationError as error:
        return list(error.errors())
    return []


def test_the_reference_is_fresh() -> None:
    """docs/catalog/reference.md is what the models say."""
    shown = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert re.sub(r"\A<!--.*?-->\n+", "", shown) == markdown(), "run `python -m docs.generate`"


@pytest.mark.parametrize(("model", "name"), WORDS, ids=[f"{model.__name__}.{name}" for model, name in WORDS])
def test_every_word_has_an_example_or_a_section(model: type[BaseModel], name: str, tmp_path: Path) -> None:
    """A word is shown with a value that is accepted, or refers to sections that show its parts."""
    shown = example(model, name)
    if shown is PydanticUndefined:
        row = next(line for line in markdown().splitlines() if line.startswith(f"| `{name}` |") and "See [" in line)
        assert row
        return
    said = _read(tmp_path, "word", f"{name}: {written(shown)}\n")
    assert [each["msg"] for each in _problems(model, said) if each["type"] != "missing"] == []


def test_links_of_the_reference_lead_somewhere() -> None:
    """Every section that is referred to is there."""
    text = markdown()
    anchors = {re.sub(r"[^a-z0-9]+", "-", line[3:].lower()).strip("-") for line in re.findall(r"^## .*", text, re.M)}
    assert set(re.findall(r"\(#([a-z0-9-]+)\)", text)) <= anchors
    assert len({title(model) for model, _ in sections()}) == len(sections())


@pytest.mark.parametrize("block", CATALOG_BLOCKS, ids=range(len(CATALOG_BLOCKS)))
def test_the_guide_is_accepted(block: str, tmp_path: Path) -> None:
    """Every example of the guide is part of a catalog."""
    Catalog.model_validate({"catalog": "guide", **_read(tmp_path, "block", block)}, strict=True)


def test_the_guide_is_one_catalog(tmp_path: Path) -> None:
    """All examples together are a catalog without an error; warnings are for what a guide leaves half said."""
    for index, block in enumerate(CATALOG_BLOCKS):
        (tmp_path / f"{index:02}.yaml").write_text(block, encoding="utf-8")
    found = examine(tmp_path)
    assert [f"{each.span}: {each.summary}" for each in found.diagnostics if each.is_error] == []


def _words(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {str(key) for key in value} | {word for each in value.values() for word in _words(each)}
    if isinstance(value, list):
        return {word for each in value for word in _words(each)}
    return set()


def test_the_guide_shows_every_word(tmp_path: Path) -> None:
    """No word of the language is missing from the guide's examples."""
    shown = {word for index, block in enumerate(CATALOG_BLOCKS) for word in _words(_read(tmp_path, str(index), block))}
    text = (DOCS / "README.md").read_text(encoding="utf-8")
    shown |= set(re.findall(r"`\{? ?([a-z_]+): ?", text)) | set(re.findall(r"`([a-z_]+)`", text))
    assert {name for _, name in WORDS} - shown == set()


@pytest.mark.parametrize("environment", [None, "local", "test", "production"])
def test_the_example_catalog_has_no_finding(environment: str | None) -> None:
    """The shop that the README runs is right in every environment."""
    from billform.catalog.environment import load_environment

    where = load_environment(environment, ENVIRONMENTS) if environment else None
    found = examine(CATALOG, where)
    assert [f"{each.span}: {each.code} {each.summary}" for each in found.diagnostics] == []


def test_the_example_catalog_is_a_believable_shop() -> None:
    """Four plans and more, one free and one custom; add-ons, meters, tiers, three currencies, both webhooks."""
    catalog = examine(CATALOG).catalog
    assert catalog is not None
    kinds = [plan.kind for plan in catalog.plans.values()]
    assert len(kinds) >= 4
    assert {"free", "custom"} <= set(kinds)
    assert len(catalog.addons) >= 3
    assert len(catalog.meters) >= 2
    assert {"flat", "tiered", "package", "custom"} == {price.model for price in catalog.sold_prices()}
    assert {"usd", "eur", "jpy"} == {each.currency for price in catalog.sold_prices() for each in price.amounts}
    assert {"month", "3 months", "year", "None"} == {str(price.every) for price in catalog.sold_prices()}
    assert catalog.coupons
    assert catalog.promotion_codes
    assert catalog.portal
    assert catalog.tax
    assert catalog.tax.automatic
    assert catalog.webhooks.stripe
    assert catalog.webhooks.bigcommerce


@pytest.mark.parametrize("path", sorted(CATALOG.rglob("*.yaml")), ids=lambda path: path.name)
def test_example_files_open_with_their_schema(path: Path) -> None:
    """Editors find the schema from every file."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(.+)", first)
    assert found
    assert (path.parent / found[1]).resolve() == CATALOG.parent / "schemas" / "catalog.json"
