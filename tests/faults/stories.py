"""The stories of the crash matrix: what stands before, and what is applied then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Edit = Callable[[Path], None]
"""Changes the files of a project in a directory."""


@dataclass(frozen=True, slots=True)
class Story:
    """`before` are the states that were applied one after the other, `change` is the one that is applied under fire.

    Every edit starts from the files of the repository.
    """

    name: str
    about: str
    before: tuple[Edit, ...]
    change: Edit


def as_it_is(directory: Path) -> None:
    """The example catalog."""


def replaced(directory: Path, file: str, *pairs: tuple[str, str]) -> None:
    """Replaces pieces of text, each of which must be there exactly once."""
    path = directory / file
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def dearer(directory: Path) -> None:
    """Pro costs more: at Stripe, in the store, and for partners."""
    replaced(
        directory,
        "catalog/plans/pro.yaml",
        ("usd: 49, eur: 45, jpy: 6900", "usd: 59, eur: 55, jpy: 7900"),
        ("usd: 490, eur: 450, jpy: 69000", "usd: 590, eur: 550, jpy: 79000"),
        ("usd: 9, eur: 8.50, jpy: 1300", "usd: 11, eur: 10.50, jpy: 1600"),
        ("usd: 0.0004, eur: 0.00036, jpy: 0.06", "usd: 0.0005, eur: 0.00045, jpy: 0.07"),
    )
    replaced(directory, "catalog/storefront.yaml", ("usd: 39, eur: 36", "usd: 47, eur: 44"))


def without_business(directory: Path) -> None:
    """A plan leaves, and with it everything that was only there for it."""
    (directory / "catalog/plans/business.yaml").unlink()
    replaced(directory, "catalog/portal.yaml", ("        - plan: business\n", ""))
    replaced(directory, "catalog/addons/onboarding.yaml", ("for_plans: [pro, business]", "for_plans: [pro]"))
    replaced(
        directory,
        "catalog/meters.yaml",
        ("  storage:\n    name: Stored gigabytes\n    event_name: storage_gb\n    aggregation: last\n"
         "    time_window: day\n    value_key: gigabytes\n", ""),
    )  # fmt: skip


def every_kind(directory: Path) -> None:
    """Something of every kind changes: in place, by a new version, by making it anew, by adding and by taking away."""
    replaced(
        directory,
        "catalog/plans/pro.yaml",
        ("For growing teams.\n", "For teams that grow.\n"),
        ("usd: 49, eur: 45, jpy: 6900 }, nickname: Pro (monthly), default: true",
         "usd: 49, eur: 45, jpy: 6900 }, nickname: Pro by the month"),
        ("nickname: Pro (yearly) }", "nickname: Pro (yearly), default: true }"),
        ("usd: 9, eur: 8.50, jpy: 1300", "usd: 10, eur: 9.50, jpy: 1500"),
        ("      sso: true\n", "      sso: true\n      audit_log: true\n"),
        ("      custom_domains: true\n", ""),
        ("<p>For growing teams, with single sign-on and seats for everybody.</p>", "<p>For teams that grow.</p>"),
        ('        Projects: "50"\n', '        Projects: Fifty\n'),
        ("retail_price: 588", "retail_price: 600"),
    )  # fmt: skip
    replaced(directory, "catalog/meters.yaml", ("name: Stored gigabytes", "name: Gigabytes stored"))
    replaced(directory, "catalog/features.yaml", ("name: Custom domains", "name: Your own domains"))
    replaced(
        directory,
        "catalog/discounts.yaml",
        ("name: Launch offer", "name: Launch discount"),
        ("amount_off: { usd: 10, eur: 9, jpy: 1500 }", "amount_off: { usd: 12, eur: 11, jpy: 1800 }"),
        ("max_redemptions: 500\n", "max_redemptions: 600\n"),
    )
    replaced(
        directory,
        "catalog/portal.yaml",
        ("Your bills, in one place.", "All your bills."),
        ("quantity: { min: 1, max: 50 }", "quantity: { min: 1, max: 80 }"),
    )
    replaced(
        directory,
        "catalog/settings.yaml",
        ("12 Harbour Street", "14 Harbour Street"),
        ("    japan: { country: JP, type: standard }\n", "    germany: { country: DE, type: standard }\n"),
        ("konbini: off", "konbini: on"),
        ("        - invoice.created\n", ""),
        ("scope: store/order/statusUpdated", "scope: store/order/*"),
        ("        - customer.subscription.trial_will_end\n", ""),
        (
            "    destination: https://status.nimbus.example/bigcommerce",
            "    destination: https://status.nimbus.example/b",
        ),
        ("Tells us when somebody changes the catalog in the Dashboard.", "Tells us of changes in the Dashboard."),
    )
    replaced(
        directory,
        "catalog/storefront.yaml",
        ("permission: read_and_sf_access", "permission: read"),
        ("      name: Europe\n", "      name: Europe and beyond\n"),
        ("      name: Nimbus Pro\n", "      name: Nimbus Pro customers\n"),
        ("usd: 390, eur: 360", "usd: 380, eur: 350"),
        ("{ name: Subscription status }", "{ name: Status of the subscription }"),
        ("label: Plans and invoices", "label: Plans and bills"),
        ("customer_groups: [partners]", "customer_groups: [partners, business_customers]"),
    )
    replaced(directory, "catalog/addons/onboarding.yaml", ("storefronts: [us]   ", "storefronts: [us, eu]"))
    replaced(directory, "catalog/addons/extra_storage.yaml", ("sku: EXTRA-STORAGE", "sku: STORAGE-100"))


STORIES = {
    each.name: each
    for each in (
        Story("first", "the example catalog is applied to empty accounts", (), as_it_is),
        Story("rise", "prices rise over both vendors", (as_it_is,), dearer),
        Story("removal", "a plan is removed", (as_it_is,), without_business),
        Story("every_kind", "every kind is updated", (as_it_is,), every_kind),
        Story("rollback", "a price rise is taken back", (as_it_is, dearer), as_it_is),
    )
}
