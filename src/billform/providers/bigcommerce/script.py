"""`bigcommerce.script`: a script on a storefront's pages, such as the link to the customer portal.

https://developer.bigcommerce.com/docs/integrations/scripts
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, Literal

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog, Script, in_words
from billform.core.kind import Kept, OnImmutable, Unordered, Write
from billform.core.resource import Address, Live, Ref, Resource, Spec
from billform.providers.bigcommerce import offers
from billform.providers.bigcommerce.base import found, wire_body
from billform.providers.bigcommerce.client import Store
from billform.providers.bigcommerce.marked import MarkedKind
from billform.providers.bigcommerce.notes import Notes, Record
from billform.providers.bigcommerce.wire import Row
from billform.providers.http import LostAnswer

PATH = "/v3/content/scripts"
PLAIN = {
    "name": "name",
    "description": "description",
    "html": "html",
    "src": "src",
    "location": "location",
    "visibility": "visibility",
    "load": "load_method",
    "consent": "consent_category",
    "enabled": "enabled",
    "auto_uninstall": "auto_uninstall",
}


class ScriptSpec(Spec):
    """A script, by URL or as a tag of its own. Without a consent category a cookie banner would hide it."""

    name: str
    channel: Ref
    html: str = ""
    src: str = ""
    description: str = ""
    location: Literal["head", "footer"] = "head"
    visibility: Literal["storefront", "all_pages", "checkout", "order_confirmation"] = "storefront"
    load: Literal["default", "async", "defer"] = "default"
    consent: Annotated[
        Literal["essential", "functional", "analytics", "targeting", "unknown"],
        Kept("BigCommerce cannot take a consent category away"),
    ] = "unknown"
    enabled: bool = True
    auto_uninstall: bool = False
    integrity: Annotated[tuple[str, ...], Unordered()] = ()


class ScriptKind(MarkedKind[ScriptSpec]):
    """Scripts; one for each storefront that runs it. The store shows only those of its own API account."""

    name = "bigcommerce.script"
    spec = ScriptSpec
    on_immutable = OnImmutable.REFUSE
    echoed = ("html", "description", "src")

    def desired(self, catalog: Catalog, environment: Environment) -> Iterable[Resource[ScriptSpec]]:
        for alias, sites in offers.stores(environment):
            for key, words in catalog.storefront.scripts.items():
                for site in offers.among(words.storefronts, sites):
                    channel = offers.named_ref("channel", alias, sites[site].channel)
                    span = catalog.key_span("storefront", "scripts", key)
                    yield Resource(self.address(alias, f"{key}/{site}"), _wanted(key, words, channel), span)

    def natural_keys(self, spec: ScriptSpec, address: Address) -> frozenset[str]:
        # A found channel is an id, a wanted one a name; `live` knows the names of both.
        channel = spec.channel.address.local_key if spec.channel.key is not None else spec.channel.id
        return frozenset({f"{spec.name.strip().lower()} on {channel}"})

    async def live(self, client: Store, row: Row, record: Record | None) -> Live[ScriptSpec]:
        live = await super().live(client, row, record)
        names = {str(each["id"]): str(each["name"]) for each in await client.channels()}
        channel = names.get(live.spec.channel.id or "", live.spec.channel.id)
        return replace(live, natural=frozenset({f"{live.spec.name.strip().lower()} on {channel}"}))

    async def rows(self, client: Store) -> Iterable[Row]:
        return await client.once("scripts", lambda: client.allowed("scripts", client.rows(PATH)))

    def identity(self, row: Row) -> str:
        return str(row["uuid"])

    async def read(self, client: Store, row: Row, notes: Notes) -> ScriptSpec:
        plain = {ours: row[wire] for ours, wire in PLAIN.items() if row.get(wire) is not None}
        return ScriptSpec(
            **plain,
            channel=found("channel", row.get("channel_id") or 1),
            integrity=tuple(str(_hash_of(each)) for each in row.get("integrity_hashes") or ()),
        )

    async def make(self, client: Store, write: Write[ScriptSpec]) -> Row:
        body = {
            "name": write.spec.name,
            **_body(write),
            **_source(write),
            "channel_id": int(write.id(write.spec.channel)),
        }
        try:
            answer = await client.call("POST", PATH, body=body, accept={409, 422})
        except LostAnswer:
            taken = await client.marks.of(self.short)
            for row in await client.rows(PATH):
                same = (row["name"], row.get("channel_id")) == (body["name"], body["channel_id"])
                if same and self.identity(row) not in taken:
                    return row
            answer = await client.call("POST", PATH, body=body, accept={409, 422})
        if answer.status not in (200, 201):
            raise client.refused(answer, write.address)
        return answer.row()

    async def change(self, client: Store, identity: str, write: Write[ScriptSpec]) -> Row:
        body = _body(write)
        if {"html", "src"} & write.fields:
            body |= _source(write)
        if write.sends("channel"):
            body["channel_id"] = int(write.id(write.spec.channel))
        answer = await client.call("PUT", f"{PATH}/{identity}", body=body, accept={404, 409, 422})
        if answer.status != 200:
            raise client.refused(answer, write.address)
        return answer.row()

    async def withdraw(self, client: Store, live: Live[ScriptSpec], idempotency: str) -> None:
        await client.call("DELETE", f"{PATH}/{live.id}", accept={404})
        await client.marks.drop(self.short, live.id)


def _wanted(key: str, words: Script, channel: Ref) -> ScriptSpec:
    spec: ScriptSpec = ScriptSpec.declare(
        name=words.name or in_words(key),
        channel=channel,
        html=words.body() or "",
        src=words.src or "",
        description=words.description,
        location=words.location,
        visibility=words.visibility,
        load=words.load,
        consent=words.consent,
        enabled=words.enabled,
        auto_uninstall=words.auto_uninstall,
        integrity=tuple(words.integrity) or None,
    )
    return spec


def _body(write: Write[ScriptSpec]) -> dict[str, Any]:
    body = wire_body(write, PLAIN)
    if write.sends("integrity"):
        body["integrity_hashes"] = list(write.spec.integrity)
    return body


def _source(write: Write[ScriptSpec]) -> dict[str, Any]:
    """A script is either a tag or a URL; the other one is emptied."""
    spec = write.spec
    return {"kind": "src" if spec.src else "script_tag", "html": spec.html, "src": spec.src}


def _hash_of(entry: object) -> object:
    return entry.get("hash", "") if isinstance(entry, dict) else entry


KIND = ScriptKind()
