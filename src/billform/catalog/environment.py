"""An environment: a Stripe account and its stores, what differs there from the catalog, what a plan may do there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr, ValidationError

from billform.catalog import files
from billform.catalog.environment_parts import (
    NAME,
    Alias,
    Guardrails,
    Part,
    SecretSink,
    Store,
    StorefrontSite,
    StripeAccount,
)
from billform.catalog.guarded import can_fit, meant
from billform.catalog.locate import problems, without_secrets
from billform.catalog.nodes import MapNode, SpanMap, plain
from billform.catalog.nodes import Path as TreePath
from billform.catalog.nothing import unsaid
from billform.core.diagnostic import BillformError, Diagnostic, Span, errors, nearest
from billform.core.redact import REFERENCE, cautious

if TYPE_CHECKING:
    from billform.core.guard import Limits


class Environment(Part):
    """Where a catalog is put to work."""

    mode: Literal["simulated", "test", "live"] = Field(
        description="`simulated` needs no account, `test` and `live` are Stripe's two modes."
    )
    stripe: StripeAccount = Field(default_factory=StripeAccount, description="The Stripe account.")
    stores: dict[Alias, Store] = Field(
        default_factory=dict, description="BigCommerce stores, by a name of your choice; usually one, `main`."
    )
    storefronts: dict[Alias, StorefrontSite] = Field(
        default_factory=dict, description="Storefronts, by the names that the catalog uses."
    )
    guardrails: Guardrails = Field(
        default_factory=Guardrails, description="What a plan may not do here without being told so once more."
    )
    secrets: SecretSink = Field(
        default_factory=SecretSink, description="Where the secrets go that a vendor shows once."
    )
    catalog: dict[str, Any] = Field(
        default_factory=dict,
        description="What differs here from the catalog, in the catalog's words; `null` takes something away.",
        examples=[{"tax": {"automatic": False}}],
    )

    _name: str = PrivateAttr(default="")
    _spans: SpanMap | None = PrivateAttr(default=None)
    _overlay: MapNode | None = PrivateAttr(default=None)

    @property
    def name(self) -> str:
        """Its name: the name of its file."""
        return self._name

    @property
    def overlay(self) -> MapNode | None:
        """What it lays over the catalog, with places; None where it changes nothing."""
        return self._overlay

    @property
    def is_live(self) -> bool:
        """Whether real money is concerned."""
        return self.mode == "live"

    @property
    def confirmation(self) -> Literal["yes", "typed"]:
        """How `apply` asks before it writes."""
        return self.guardrails.confirm or ("typed" if self.is_live else "yes")

    @property
    def limits(self) -> Limits:
        """The guardrails as the planner's guard takes them."""
        from billform.core.guard import Limits

        return Limits(
            archive_percent=self.guardrails.max_archived,
            amount_percent=self.guardrails.max_amount_change,
            protected=tuple(self.guardrails.protected),
        )

    @property
    def sink(self) -> SecretSink:
        """Where secrets go, with the default filled in: a file of this environment under `.billform/`."""
        if self.secrets.file is None and self.secrets.command is None:
            return SecretSink(file=f".billform/secrets/{self.name}.env")
        return self.secrets

    def store_of(self, storefront: str) -> Store:
        """The store behind a storefront; both are known to exist once the environment is loaded."""
        return self.stores[self.storefronts[storefront].store]

    def storefronts_of(self, store: str) -> dict[str, StorefrontSite]:
        """The storefronts of one store, by name."""
        return {name: each for name, each in self.storefronts.items() if each.store == store}

    def key_span(self, *path: str | int) -> Span | None:
        """The place of a key in the environment's file, or of the nearest part around it."""
        return self._spans.key(path) if self._spans else None

    def value_span(self, *path: str | int) -> Span | None:
        """The place of a value in the environment's file, or of the nearest part around it."""
        return self._spans.value(path) if self._spans else None

    def located(self, name: str, spans: SpanMap | None = None, overlay: MapNode | None = None) -> Environment:
        """The same environment, knowing its name and where its parts stand."""
        copy = self.model_copy()
        copy._name, copy._spans, copy._overlay = name, spans, overlay
        return copy


def names(directory: Path) -> list[str]:
    """The environments that a directory holds, by name."""
    found = (path for path in directory.iterdir() if path.suffix in files.SUFFIXES) if directory.is_dir() else ()
    return sorted({path.stem for path in found if not path.name.startswith(".")})


def load_environment(name: str, directory: Path) -> Environment:
    """Reads `directory/name.yaml`; raises BillformError with everything that is wrong with it, or with the name."""
    path = _path(name, directory)
    tree, found = files.read(path, first="its mode, such as `mode: test`")
    if tree is None or errors(found):
        raise BillformError(without_secrets(found))
    spans = SpanMap(tree)
    try:
        environment = Environment.model_validate(plain(tree), strict=True)
    except ValidationError as error:
        found += problems(error, Environment, spans)
    known = {each.span for each in found}
    empty = unsaid(tree, Environment, without="catalog")
    found += [each for path, each in empty if not known & {spans.key(path), spans.value(path)}]
    if errors(found):
        raise BillformError(without_secrets(found))
    overlay = tree.get("catalog")
    environment = environment.located(name, spans, overlay if isinstance(overlay, MapNode) else None)
    if wrong := list(_check(environment)):
        raise BillformError(wrong)
    return environment


def reference(value: str) -> str | None:
    """The environment variable that a text stands for, or None where it stands for itself."""
    return value.removeprefix(REFERENCE).strip() if value.startswith(REFERENCE) else None


def resolved(value: str, variables: Mapping[str, str], *, span: Span | None = None) -> str:
    """The text with `env:NAME` looked up; raises BillformError where the variable is not set. Keep it out of plans."""
    name = reference(value)
    if name is None:
        return value
    if not (secret := variables.get(name)):
        name = cautious(name)  # somebody may have written the secret in the place of its name
        hint = f"set it where this command runs: export {name}=…"
        raise BillformError(Diagnostic("E006", f"the environment variable `{name}` is not set", span, hint))
    return secret


def _path(name: str, directory: Path) -> Path:
    """The environment's file; every way of not being there says which ones are."""
    known = names(directory)
    shown = files.shown(directory)
    listed = f"{shown} holds " + (", ".join(f"`{each}`" for each in known) or "none")
    if not directory.is_dir():
        hint = "run billform where the directory is, or name it with `--environments DIR`"
        raise BillformError(Diagnostic("E002", f"there is no directory {shown}", subject=name, hint=hint))
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean `{near}`? {listed}" if near else listed
        raise BillformError(Diagnostic("E001", f"there is no environment `{name}`", subject=name, hint=hint))
    if not re.fullmatch(NAME, name):
        hint = "name the file with lower-case letters, digits, `-` and `_`, a letter first"
        raise BillformError(Diagnostic("E007", f"`{name}` cannot name an environment", subject=name, hint=hint))
    found = [path for suffix in sorted(files.SUFFIXES) if (path := directory / (name + suffix)).exists()]
    if len(found) > 1:
        both = " and ".join(files.shown(path) for path in found)
        raise BillformError(Diagnostic("E007", f"{both} have one name", subject=name, hint="delete one of them"))
    return found[0] if found else directory / f"{name}.yaml"


def _check(environment: Environment) -> Iterator[Diagnostic]:
    yield from _accounts(environment)
    taken: dict[tuple[str, str], str] = {}
    for name, site in environment.storefronts.items():
        if site.store not in environment.stores:
            path: TreePath = ("storefronts", name, "store")
            near = nearest(site.store, environment.stores)
            hint = f"did you mean `{near}`?" if near else "describe it under `stores`"
            yield Diagnostic("E005", f"there is no store `{site.store}`", environment.value_span(*path), hint)
        first = taken.setdefault((site.store, site.channel), name)
        if first != name:
            place = environment.value_span("storefronts", name, "channel")
            hint = "one storefront stands for one channel; use another channel, or one name for both"
            yield Diagnostic("E008", f"`{first}` and `{name}` are the same channel `{site.channel}`", place, hint)
    hashes: dict[str, str] = {}
    for alias, store in environment.stores.items():
        if (first := hashes.setdefault(store.hash, alias)) != alias:
            place = environment.value_span("stores", alias, "hash")
            yield Diagnostic("E008", f"`{first}` and `{alias}` are the same store", place, "keep one of the two")
    for index, glob in enumerate(environment.guardrails.protected):
        if not can_fit(glob, environment.stores):
            place = environment.value_span("guardrails", "protected", index)
            yield Diagnostic("E010", f"`{glob}` protects nothing", place, meant(glob, environment.stores))
    if environment.secrets.file is not None and environment.secrets.command is not None:
        place = environment.key_span("secrets", "command")
        yield Diagnostic("E009", "secrets go to a file or to a command, not to both", place, "keep one of the two")


def _accounts(environment: Environment) -> Iterator[Diagnostic]:
    """An environment with real accounts must say which, so that a wrong key is noticed before anything is read."""
    if environment.mode == "simulated":
        return
    needed: list[tuple[TreePath, str | None, str]] = [
        (("stripe", "account"), environment.stripe.account, "account: acct_…"),
        (("stripe", "api_key_env"), environment.stripe.api_key_env, "api_key_env: STRIPE_API_KEY"),
    ]
    for alias, store in environment.stores.items():
        needed.append((("stores", alias, "token_env"), store.token_env, "token_env: BIGCOMMERCE_TOKEN"))
    for path, value, example in needed:
        if value is None:
            dotted = ".".join(map(str, path))
            place = environment.key_span(*path[:-1]) if len(path) > 2 else environment.key_span(path[0])
            hint = f"add `{example}`"
            yield Diagnostic("E004", f"mode `{environment.mode}` needs `{dotted}`", place, hint)


__all__ = [
    "REFERENCE",
    "Environment",
    "Guardrails",
    "SecretSink",
    "Store",
    "StorefrontSite",
    "StripeAccount",
    "load_environment",
    "names",
    "reference",
    "resolved",
]
