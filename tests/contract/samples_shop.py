"""Samples of what surrounds a store's products: price lists, webhooks and scripts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billform.providers.bigcommerce.price_record import Tier

from .samples import (
    GONE,
    At,
    Call,
    Foreign,
    Sample,
    bin_,
    case,
    delete,
    each_of,
    entries,
    get,
    moved,
    put,
    ref,
    want,
)
from .samples_sold import eur
from .samples_store import SHELF, SHELF_MONTHLY, SHELF_YEARLY

EUROS = want("bigcommerce.price_list", "main/euros", name="Euros")
LOYAL = want("bigcommerce.price_list", "main/loyal", name="Loyal customers")
VIP = want("bigcommerce.customer_group", "main/vip", name="VIP")
GOLD = want("bigcommerce.customer_group", "main/gold", name="Gold")
HOOKS, SCRIPTS, LISTS, GROUPS = "/v3/hooks", "/v3/content/scripts", "/v3/pricelists", "/v2/customer_groups"


def gone(path: str) -> Any:
    """A question whether an object has been deleted."""
    return lambda at: (get(f"{path}/{at.id}"), lambda status, content: status == 404)


def _price_list() -> Sample:
    base = {"name": "Partners"}
    full = {**base, "active": True}

    def change(**body: Any) -> Any:
        return lambda at: put(f"{LISTS}/{at.id}", {"name": "Partners", **body})

    return Sample(
        kind="bigcommerce.price_list",
        key="main/partners",
        base=base,
        full={"full": full},
        cases=each_of(full, name="Our partners", active=False),
        raw={"name": change(name="Changed"), "active": change(active=False)},
        taken=bin_(LISTS),
        out=gone(LISTS),
        another=True,
    )


def _price_record() -> Sample:
    base = {
        "price_list": ref("bigcommerce.price_list/main/euros"),
        "variant": ref("bigcommerce.variant/main/pro.base.monthly"),
        "currency": "eur",
        "price": eur("45"),
    }
    full = {
        **base,
        "sale_price": eur("40"),
        "retail_price": eur("50"),
        "bulk": (
            Tier(quantity_min=2, quantity_max=9, type="percent", amount=Decimal("5.5")),
            Tier(quantity_min=10, type="fixed", amount=Decimal(30)),
        ),
    }

    def change(**body: Any) -> Any:
        def call(at: At) -> Call:
            (one,) = at.ask(get(f"{LISTS}/{at.parts[0]}/records?variant_id:in={at.parts[1]}"))["data"]
            kept = {name: one[name] for name in ("price", "sale_price", "retail_price") if one.get(name)}
            whole = {"variant_id": int(at.parts[1]), "currency": at.parts[2], **kept}
            return put(f"{LISTS}/{at.parts[0]}/records", [{**whole, **body}])

        return call

    return Sample(
        kind="bigcommerce.price_record",
        key="main/euros/pro.base.monthly/eur",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full,
                price=eur("47"),
                sale_price=eur("41"),
                retail_price=eur("55"),
                bulk=(Tier(quantity_min=3, type="price", amount=Decimal(2)),),
            ),
            moved(
                "price_list",
                full,
                "main/loyal/pro.base.monthly/eur",
                price_list=ref("bigcommerce.price_list/main/loyal"),
            ),
            moved(
                "variant",
                full,
                "main/euros/pro.base.yearly/eur",
                variant=ref("bigcommerce.variant/main/pro.base.yearly"),
            ),
            moved(
                "currency",
                base,
                "main/euros/pro.base.monthly/jpy",
                currency="jpy",
                price=type(eur("1"))(Decimal(6900), "jpy"),
            ),
        ),
        raw={
            "price_list": "it is a part of the record's address",
            "variant": "it is a part of the record's address",
            "currency": "it is a part of the record's address",
            "price": change(price=77),
            "sale_price": change(sale_price=7),
            "retail_price": change(retail_price=777),
            "bulk": change(bulk_pricing_tiers=[{"quantity_min": 7, "type": "percent", "amount": 7}]),
        },
        needs=(SHELF, SHELF_MONTHLY, SHELF_YEARLY, EUROS, LOYAL),
        taken={"deleted": lambda at: delete(f"{LISTS}/{at.parts[0]}/records/{at.parts[1]}/{at.parts[2]}")},
        out=lambda at: (
            get(f"{LISTS}/{at.parts[0]}/records?variant_id:in={at.parts[1]}"),
            lambda status, content: content["data"] == [],
        ),
        whole=True,
    )


def _price_list_assignment() -> Sample:
    base = {
        "price_list": ref("bigcommerce.price_list/main/euros"),
        "channel": ref("bigcommerce.channel/main/Nimbus EU"),
    }
    full = {**base, "customer_group": ref("bigcommerce.customer_group/main/vip")}
    path = f"{LISTS}/assignments"
    return Sample(
        kind="bigcommerce.price_list_assignment",
        key="main/euros/vip/eu",
        base={**base, "customer_group": ref("bigcommerce.customer_group/main/vip")},
        full={"full": full},
        cases=(
            moved("price_list", full, "main/loyal/vip/eu", price_list=ref("bigcommerce.price_list/main/loyal")),
            moved(
                "customer_group",
                full,
                "main/euros/gold/eu",
                customer_group=ref("bigcommerce.customer_group/main/gold"),
            ),
            moved("channel", full, "main/euros/vip/us", channel=ref("bigcommerce.channel/main/Nimbus US")),
        ),
        raw=dict.fromkeys(("price_list", "customer_group", "channel"), "an assignment is made and taken away"),
        needs=(SHELF, SHELF_MONTHLY, EUROS, LOYAL, VIP, GOLD),
        taken={"deleted": lambda at: delete(f"{path}?id={at.id}")},
        out=lambda at: (
            get(path),
            lambda status, content: int(at.id) not in [each["id"] for each in content["data"]],
        ),
        always=dict.fromkeys(("customer_group", "channel"), "it is a part of the assignment's address"),
        another=True,
    )


def _webhook() -> Sample:
    base = {"scope": "store/order/created", "destination": "https://billing.nimbus.example/store"}
    full = {**base, "active": True, "headers": {"X-Token": "env:HOOK_TOKEN", "X-From": "nimbus"}}

    def change(**body: Any) -> Any:
        return lambda at: put(f"{HOOKS}/{at.id}", body)

    def header(at: At) -> Call:
        there = at.ask(get(f"{HOOKS}/{at.id}"))["data"]["headers"] or {}
        return put(f"{HOOKS}/{at.id}", {"headers": {**there, "X-From": "changed"}})

    def another(at: At) -> Call:
        there = at.ask(get(f"{HOOKS}/{at.id}"))["data"]["headers"] or {}
        return put(f"{HOOKS}/{at.id}", {"headers": {**there, "X-Trace": "42"}})

    return Sample(
        kind="bigcommerce.webhook",
        key="main/orders",
        base=base,
        full={"full": full},
        cases=(
            *each_of(
                full, scope="store/order/updated", destination="https://billing.nimbus.example/store-2", active=False
            ),
            *entries(
                "headers",
                full,
                changed={"X-Token": "env:HOOK_TOKEN", "X-From": "nimbus-2"},
                added={"X-Token": "env:HOOK_TOKEN", "X-From": "nimbus", "X-New": "yes"},
                removed={"X-Token": "env:HOOK_TOKEN"},
            ),
        ),
        raw={
            "scope": change(scope="store/order/archived"),
            "destination": change(destination="https://elsewhere.example/store"),
            "active": change(is_active=False),
            "headers": header,
        },
        taken={
            **bin_(HOOKS),
            "a header": lambda at: put(f"{HOOKS}/{at.id}", {"headers": {"X-Token": "correct horse battery staple"}}),
        },
        out=gone(HOOKS),
        foreign=(
            Foreign(
                "a header",
                another,
                lambda at: get(f"{HOOKS}/{at.id}"),
                lambda content: content["data"]["headers"].get("X-Trace") == "42",
            ),
        ),
        another=True,
    )


def _script() -> Sample:
    here = ref("bigcommerce.channel/main/Nimbus US")
    base = {"name": "Portal link", "channel": here, "html": "<script>one()</script>"}
    full = {
        **base,
        "description": "Links to the portal",
        "location": "footer",
        "visibility": "all_pages",
        "load": "defer",
        "consent": "essential",
        "enabled": True,
        "auto_uninstall": True,
    }
    remote = {
        "name": "Portal link",
        "channel": here,
        "src": "https://billing.nimbus.example/portal.js",
        "integrity": ("sha384-AAAA", "sha384-BBBB"),
    }

    def change(**body: Any) -> Any:
        return lambda at: put(f"{SCRIPTS}/{at.id}", body)

    def elsewhere(at: At) -> Call:
        place = at.ask(get(f"{SCRIPTS}/{at.id}"))["data"]["location"]
        return put(f"{SCRIPTS}/{at.id}", {"location": "footer" if place == "head" else "head"})

    return Sample(
        kind="bigcommerce.script",
        key="main/portal/us",
        base=base,
        full={"tag": full, "url": remote},
        cases=(
            *each_of(
                full,
                name="Portal",
                html="<script>two()</script>",
                description="A link to the portal",
                location="head",
                visibility="storefront",
                load="async",
                consent="functional",
                enabled=False,
                auto_uninstall=False,
            ),
            case("channel", full, channel=ref("bigcommerce.channel/main/Nimbus EU")),
            case("html", remote, "instead of a URL", html="<script>one()</script>", src=GONE, integrity=GONE),
            case("src", remote, src="https://billing.nimbus.example/portal-2.js"),
            case("src", full, "instead of a tag", src="https://billing.nimbus.example/portal.js", html=GONE),
            case("integrity", remote, integrity=("sha384-AAAA",)),
            case("integrity", remote, "reordered", integrity=("sha384-BBBB", "sha384-AAAA")),
        ),
        raw={
            "name": change(name="Changed"),
            "channel": change(channel_id=2),
            "html": change(html="<script>changed()</script>", kind="script_tag"),
            "src": change(src="https://elsewhere.example/a.js", kind="src"),
            "description": change(description="Changed"),
            "location": elsewhere,
            "visibility": change(visibility="order_confirmation"),
            "load": change(load_method="async"),
            "consent": change(consent_category="targeting"),
            "enabled": change(enabled=False),
            "auto_uninstall": lambda at: put(
                f"{SCRIPTS}/{at.id}",
                {"auto_uninstall": not at.ask(get(f"{SCRIPTS}/{at.id}"))["data"]["auto_uninstall"]},
            ),
            "integrity": change(integrity_hashes=["sha384-CCCC"]),
        },
        taken=bin_(SCRIPTS),
        out=gone(SCRIPTS),
        always={"html": "a script is a tag or a URL", "src": "a script is a tag or a URL"},
        another=True,
    )


SHOP = (
    _price_list(),
    _price_record(),
    _price_list_assignment(),
    _webhook(),
    _script(),
)
