"""Where findings stand: the file, the line and the nearest name with its own place."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from billform.catalog.load import examine
from billform.core.diagnostic import Diagnostic

SHOP = """
catalog: nimbus
features:
  saml_sso: { name: Single sign-on }
plans:
  pro:
    features: { saml_sso: true }
    charges:
      base:
        prices:
          monthly: { every: month, amount: { usd: 49, eur: 45 } }
"""


def _examined(directory: Path, **files: str) -> tuple[Diagnostic, ...]:
    (directory / "shop.yaml").write_text(dedent(SHOP).lstrip(), encoding="utf-8")
    for name, content in files.items():
        (directory / f"{name}.yaml").write_text(dedent(content).lstrip(), encoding="utf-8")
    return examine(directory).diagnostics


def test_unknown_feature_names_the_nearest_and_its_place(tmp_path: Path) -> None:
    """The finding stands at the word, and its hint at the definition that was probably meant."""
    (found,) = _examined(
        tmp_path,
        team="""
        plans:
          team:
            features:
              sml_sso: true
            charges: { base: { prices: { monthly: { every: month, amount: { usd: 99, eur: 90 } } } } }
        """,
    )
    assert (found.code, found.summary) == ("C020", "feature `sml_sso` is not defined")
    assert str(found.span).endswith("team.yaml:4:7")
    assert found.hint is not None
    assert found.hint.startswith("did you mean `saml_sso`? (")
    assert found.hint.endswith("shop.yaml:3)")


def test_findings_in_a_template_stand_in_the_template(tmp_path: Path) -> None:
    """What a plan took over is reported where it was written."""
    found = _examined(
        tmp_path,
        templates="""
        templates:
          saas: { product: clout }
        """,
        team="""
        products:
          cloud: {}
        plans:
          team:
            extends: saas
            charges: { base: { prices: { monthly: { every: month, amount: { usd: 99, eur: 90 } } } } }
          other:
            product: cloud
            charges: { base: { prices: { monthly: { every: month, amount: { usd: 99, eur: 90 } } } } }
        """,
    )
    assert [(each.code, Path(str(each.span)).name) for each in found] == [("C020", "templates.yaml:2:20")]


def test_an_amount_is_underlined_in_its_currency(tmp_path: Path) -> None:
    """A finding about one currency stands at that amount."""
    (found,) = _examined(
        tmp_path,
        team="""
        plans:
          team:
            charges:
              base:
                prices:
                  monthly:
                    every: month
                    amount:
                      usd: 99.005
                      eur: 90
        """,
    )
    assert found.code == "C040"
    assert str(found.span).endswith("team.yaml:9:20")
    assert found.span is not None
    assert found.span.end_column == 26


def test_findings_come_in_the_order_of_the_files(tmp_path: Path) -> None:
    """Findings are sorted by file and line, whatever rule found them."""
    found = _examined(
        tmp_path,
        a="meters: { idle: {} }\n",
        b="features: { idle: {} }\n",
        c="coupons: { nothing: {} }\n",
    )
    assert [each.code for each in found] == ["C022", "C023", "C060"]
