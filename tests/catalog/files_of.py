"""Writes catalogs and environments for a story, and reads them as a person would say it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent

from billform.catalog.environment import Environment, load_environment
from billform.catalog.load import CatalogError, Examined, examine, load
from billform.catalog.models import Catalog
from billform.core.diagnostic import BillformError, Diagnostic

SHOP = """
    catalog: shop
    defaults: {tax_behavior: exclusive}
    products: {cloud: {name: Cloud}}
    plans:
      pro:
        product: cloud
        charges: {base: {prices: {monthly: {every: month, amount: 49}}}}
"""


class Place:
    """A directory with a catalog and environments in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.catalog = path / "catalog"
        self.environments = path / "environments"

    def write(self, files: dict[str, str]) -> Place:
        """Writes files, relative to the directory; a bare name goes into the catalog."""
        for name, text in files.items():
            path = self.path / (name if name.startswith("environments/") else f"catalog/{name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return self

    def environment(self, name: str) -> Environment:
        """Reads one environment."""
        return load_environment(name, self.environments)

    def load(self, environment: str | None = None) -> Catalog:
        """Reads the catalog."""
        return load(self.catalog, self.environment(environment) if environment else None)

    def examine(self, environment: str | None = None) -> Examined:
        """Reads the catalog, with what there is to say about it."""
        return examine(self.catalog, self.environment(environment) if environment else None)

    def errors(self, environment: str | None = None) -> list[str]:
        """Every error, as `CODE line:column summary`; a place in another file than a.yaml names it."""
        try:
            self.load(environment)
        except CatalogError as error:
            return said(each for each in error.diagnostics if each.is_error)
        except BillformError as error:
            return said(error.diagnostics)
        return []


def said(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """Diagnostics as one line each."""
    return [f"{each.code} {_place(each)}{each.summary}" for each in diagnostics]


def _place(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    if span is None:
        return ""
    file = "" if span.file.endswith("catalog/a.yaml") else span.file.rpartition("/")[2] + ":"
    return f"{file}{span.line}:{span.column} "
