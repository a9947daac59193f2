"""What the API knows of a kind of object, and the context in which handlers work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from billform.simulator.stripe.problem import no_such
from billform.simulator.world import Row, Table

if TYPE_CHECKING:
    from billform.simulator.stripe.keys import Key
    from billform.simulator.vendor import Setting

API_VERSION: Final = "2026-10-28.endive"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of object; paths are dotted."""

    name: str
    """The value of `object`."""
    what: str
    """The word in "No such …"."""
    path_param: str = "id"
    """The placeholder in the path, which is the `param` of a 404."""
    references: Mapping[str, str] = field(default_factory=dict)
    """Paths that hold the id of another object, and which kind: they can be expanded."""
    hidden: frozenset[str] = frozenset()
    """Paths that come only when expanded; `*` stands for any key of a map."""
    shape: Callable[[Context, Row], Row] | None = None
    """Makes the answer of a stored row where some fields are computed."""


@dataclass(kw_only=True)
class Context:
    """One request of one key: what a handler reads, and its way to the tables."""

    setting: Setting
    key: Key
    request_id: str
    idempotency_key: str | None
    params: dict[str, Any]
    ids: Mapping[str, str]
    """The values of the path's placeholders."""
    record: Callable[[Context, str, Row, Row | None], None]
    """Records an event: (context, type, object as answered, previous attributes)."""

    @property
    def now(self) -> int:
        """The simulated time in unix seconds."""
        return self.setting.world.now()

    @property
    def livemode(self) -> bool:
        """Whether the key opens live mode."""
        return self.key.mode == "live"

    def table(self, kind: Kind | str) -> Table:
        """Answer the table of a kind in this account and mode."""
        name = kind if isinstance(kind, str) else kind.name
        return self.setting.world.table(self.key.dataset + name)

    def token(self, prefix: str, length: int = 24) -> str:
        """Answer a new id."""
        return self.setting.world.token(prefix, length)

    def named(self, kind: Kind, wanted: str, *, param: str) -> Row:
        """Answer an object named in the parameters; raises 400 `resource_missing`."""
        row = self.table(kind).get(wanted)
        if row is None:
            raise no_such(kind.what, wanted, param=param, hint=self._in_other_mode(kind, wanted))
        return row

    def in_path(self, kind: Kind, placeholder: str | None = None) -> Row:
        """Answer the object that the path names; raises 404 `resource_missing`."""
        name = placeholder or kind.path_param
        row = self.table(kind).get(self.ids[name])
        if row is None:
            hint = self._in_other_mode(kind, self.ids[name])
            raise no_such(kind.what, self.ids[name], param=name, in_path=True, hint=hint)
        return row

    def _in_other_mode(self, kind: Kind, wanted: str) -> str:
        """Answer Stripe's hint for an id that exists only in the other mode of the account."""
        own, other = ("live", "test") if self.livemode else ("test", "live")
        table = self.setting.world.table(f"stripe/{self.key.account}/{other}/{kind.name}")
        if wanted not in table:
            return ""
        return f"; a similar object exists in {other} mode, but a {own} mode key was used to make this request."


@dataclass(frozen=True, kw_only=True)
class Route:
    """One endpoint: method, path template, the parameter type it takes, and who may call it."""

    method: str
    template: str
    params: str | None
    """Module of the parameter type below `stripe.params`, such as `_price_create`; None: no parameters."""
    permission: str
    """What a restricted key needs, such as `product_write`."""
    handler: Callable[[Context], Row]
    texts: Mapping[str, int] = field(default_factory=dict)
    """The longest texts by dotted path, `[]` for the items of a list."""
    emptyable: frozenset[str] = frozenset()
    """Parameters that "" unsets although the package's type does not say so."""
