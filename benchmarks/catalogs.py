"""Generated catalogs of a given number of prices, written as an author would: one plan per file, no tricks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PRICES_OF_A_PLAN = 10
PLANS_OF_A_COUPON = 5
CODES_OF_A_COUPON = 20
GRANTED = 3
FEATURES = 20
METERS = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """What is sold: plans of ten prices over four products, meters, and coupons that partners hand out as codes."""

    prices: int
    granting: bool = False
    """Whether every plan grants features at Stripe, three of twenty."""

    def __post_init__(self) -> None:
        assert self.prices % PRICES_OF_A_PLAN == 0, f"prices come in tens, not {self.prices}"

    @property
    def plans(self) -> int:
        """Each a base, seats, usage in steps, and a set-up fee."""
        return self.prices // PRICES_OF_A_PLAN

    @property
    def coupons(self) -> int:
        """One for each five plans, and at least one."""
        return max(1, self.plans // PLANS_OF_A_COUPON)

    @property
    def name(self) -> str:
        """In words, for a column of a table."""
        return "every plan grants 3 features" if self.granting else "no features"


_HEAD = """\
catalog: bench
defaults: { currency: usd, tax_behavior: exclusive, tax_code: txcd_10103001 }
products:
  cloud: { name: Bench Cloud }
"""

_PLAN = """\
plans:
  {key}:
    product: cloud
    name: Plan {number}
    description: The plan number {number}, for teams of {number}.
    statement_descriptor: BENCH CLOUD
    marketing_features: ["{number} projects", "Support by e-mail"]
    metadata: {{ team: growth, number: "{number}" }}
    features: {{ {features} }}
    charges:
      base:
        prices:
          monthly: {{ every: month, amount: {{ usd: {a}, eur: {b}, jpy: {c} }}, default: true }}
          quarterly: {{ every: 3 months, amount: {{ usd: {a3}, eur: {b3}, jpy: {c3} }} }}
          yearly: {{ every: year, amount: {{ usd: {a10}, eur: {b10}, jpy: {c10} }} }}
          weekly: {{ every: week, amount: {{ usd: {a}, eur: {b}, jpy: {c} }} }}
      seats:
        name: Seats
        unit_label: seat
        prices:
          monthly: {{ every: month, amount: {{ usd: 9.50, eur: 9, jpy: 1300 }} }}
          quarterly: {{ every: 3 months, amount: {{ usd: 27, eur: 25.50, jpy: 3800 }} }}
          yearly: {{ every: year, amount: {{ usd: 95, eur: 90, jpy: 13000 }} }}
          weekly: {{ every: week, amount: {{ usd: 3, eur: 2.85, jpy: 400 }} }}
      usage:
        name: Usage
        unit_label: call
        meter: {meter}
        prices:
          monthly:
            every: month
            tiers:
              mode: graduated
              steps:
                - {{ up_to: 1000, unit: 0 }}
                - {{ up_to: 100000, unit: {{ usd: 0.0004, eur: 0.00036, jpy: 0.06 }} }}
                - {{ unit: {{ usd: 0.0002, eur: 0.00018, jpy: 0.03 }} }}
      setup:
        name: Set-up
        prices:
          once: {{ amount: {{ usd: {a10}, eur: {b10}, jpy: {c10} }} }}
"""

_LIVE = """\
mode: live
stripe:
  account: {account}
  api_key_env: BENCH_STRIPE_KEY
"""


def write(directory: Path, shape: Shape) -> Path:
    """Writes `directory`/catalog in that shape, and answers it."""
    catalog = directory / "catalog"
    (catalog / "plans").mkdir(parents=True)
    (catalog / "catalog.yaml").write_text(_HEAD)
    (catalog / "meters.yaml").write_text(
        "meters:\n"
        + "".join(
            f"  meter-{each}: {{ name: Meter {each}, event_name: event_{each}, aggregation: sum }}\n"
            for each in range(METERS)
        )
    )
    if shape.granting:
        (catalog / "features.yaml").write_text(
            "features:\n" + "".join(f"  feature-{each}: {{ name: Feature {each} }}\n" for each in range(FEATURES))
        )
    (catalog / "discounts.yaml").write_text(_discounts(shape))
    for number in range(shape.plans):
        (catalog / "plans" / f"plan-{number:04}.yaml").write_text(_plan(number, granting=shape.granting))
    return catalog


def write_live(directory: Path, account: str) -> Path:
    """Writes `directory`/environments with one environment, live, of one Stripe account; answers the directory."""
    environments = directory / "environments"
    environments.mkdir(parents=True, exist_ok=True)
    (environments / "bench.yaml").write_text(_LIVE.format(account=account))
    return environments


def _plan(number: int, *, granting: bool) -> str:
    a = 10 + number % 400
    amounts = {"a": a, "b": a - 1, "c": a * 140}
    granted = [f"feature-{(number + each) % FEATURES}: true" for each in range(GRANTED)] if granting else []
    return _PLAN.format(
        key=f"plan-{number:04}",
        number=number,
        meter=f"meter-{number % METERS}",
        features=", ".join(granted),
        **amounts,
        **{f"{name}3": value * 3 for name, value in amounts.items()},
        **{f"{name}10": value * 10 for name, value in amounts.items()},
    )


def _discounts(shape: Shape) -> str:
    coupons = (
        f"  coupon-{each}: {{ name: Offer {each}, percent_off: {5 + each % 50}, duration: once }}\n"
        for each in range(shape.coupons)
    )
    codes = (
        f"  partner-{each}-{partner}: {{ coupon: coupon-{each}, max_redemptions: 100 }}\n"
        for each in range(shape.coupons)
        for partner in range(CODES_OF_A_COUPON)
    )
    return "coupons:\n" + "".join(coupons) + "promotion_codes:\n" + "".join(codes)
