"""What the kinds of Stripe have in common: one path, form parameters by field, metadata that carries the mark."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, Any, ClassVar, TypeAlias

from billform.catalog.environment import Environment
from billform.catalog.models import Catalog
from billform.core.declared import declared, default
from billform.core.kind import Kind, Made, Ownership, PerKey, Write
from billform.core.resource import Live, S
from billform.providers.http import VendorError

from . import marks
from .answers import Answer
from .client import StripeAccount

Metadata = Annotated[dict[str, str], PerKey()]
"""The author's own facts; keys of others survive."""
Params: TypeAlias = dict[str, Any]
"""Form parameters as the SDK takes them: None is left out, `""` unsets, a list travels by index."""
UNSET = ""
"""What takes a value away, where Stripe lets it be taken away."""


class StripeKind(Kind[S, StripeAccount, Catalog, Environment]):
    """A kind whose objects are made by POST to a path and changed by POST to the path and their id."""

    path: ClassVar[str]
    later: ClassVar[frozenset[str]] = frozenset()
    """Fields that Stripe takes in an update only: a create is followed by one where they differ from the default."""

    @abstractmethod
    def params(self, write: Write[S], names: frozenset[str]) -> Params:
        """The named fields of the wanted spec as parameters; a field that is not declared is cleared."""

    def birth(self, write: Write[S]) -> Params:
        """Parameters that only a create takes."""
        return {}

    @property
    def archived(self) -> Params:
        """What takes an object out of sale."""
        return {"active": False}

    @property
    def revived(self) -> Params:
        """What puts it back."""
        return {"active": True}

    def unwritable(self, spec: S) -> tuple[str, str, str] | None:
        """Whether the mark can name every field: not where there are dozens of long metadata keys or of currencies."""
        return None if self.ownership is Ownership.NATURAL else marks.too_long(declared(spec))

    async def create(self, client: StripeAccount, write: Write[S]) -> Made:
        """Makes it, mark and all, in one request where Stripe takes all in one."""
        made = Made(str((answer := await self.born(client, write))["id"]), secret=answer.get("secret"))
        rest = frozenset(each for each in self.later if getattr(write.spec, each) != default(self.spec, each))
        if rest:
            await client.update(self.path, made.id, self.params(write, rest), f"{write.idempotency}-later-{made.id}")
        return made

    async def born(self, client: StripeAccount, write: Write[S]) -> Answer:
        """Stripe's answer to a create.

        Where we choose the id and it is taken by the very object that is wanted, an earlier answer was lost.
        """
        names = frozenset(write.spec.model_fields_set - self.later)
        params = {**self.params(write, names), **self.birth(write), **self._metadata(write, new=True)}
        try:
            return await client.create(self.path, params, write.idempotency)
        except VendorError as error:
            if error.vendor_code != "resource_already_exists" or "id" not in params:
                raise
            standing = await client.retrieve(self.path, params["id"])
            if marks.read(standing.get("metadata")) != write.mark or not standing.get("active", True):
                raise
            return standing

    async def update(self, client: StripeAccount, identity: str, write: Write[S]) -> None:
        """Changes the named fields and the mark in one request."""
        await client.update(self.path, identity, self._changes(write), write.idempotency)

    async def retire(self, client: StripeAccount, live: Live[S], idempotency: str) -> None:
        """Archives it; one that is gone is archived enough."""
        trace = {"metadata": marks.on_retire(live.mark)} if live.mark is not None else {}
        await client.update(self.path, live.id, {**self.archived, **trace}, idempotency, may_be_gone=True)

    async def restore(self, client: StripeAccount, identity: str, write: Write[S]) -> None:
        """Puts it back on sale, with the fields of `write`, in one request."""
        await client.update(self.path, identity, {**self._changes(write), **self.revived}, write.idempotency)

    def _changes(self, write: Write[S]) -> Params:
        names = frozenset(each.partition(".")[0] for each in write.fields)
        return {**self.params(write, names), **self._metadata(write, new=False)}

    def _metadata(self, write: Write[S], *, new: bool) -> Params:
        if self.ownership in {Ownership.NATURAL, Ownership.NAMED}:
            return {}
        written = marks.on_create(write) if new else marks.on_update(write)
        return {"metadata": {**written, **self.bookkeeping(write, new=new)}}

    def bookkeeping(self, write: Write[S], *, new: bool) -> dict[str, str]:
        """More that a kind keeps in the metadata of its objects, under keys of ours."""
        return {}
