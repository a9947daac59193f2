"""How a vendor plugs into the simulator: the protocol that the pipeline drives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from billform.simulator.faults import Fault
from billform.simulator.message import Answer, Request

if TYPE_CHECKING:
    from billform.simulator.delivery import Delivery
    from billform.simulator.limits import Limits, Meters
    from billform.simulator.world import World


@dataclass(kw_only=True)
class Setting:
    """What the vendors share: the state, the limits in force, the running meters, and the deliverer."""

    world: World
    limits: Limits
    meters: Meters
    delivery: Delivery


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request that was let in; vendors derive their own with whatever their handlers need."""

    request: Request
    account: str
    endpoint: str
    """Method and path template, such as `GET /v1/prices/{price}`: what limits count and the log shows."""


class Vendor(Protocol):
    """One simulated vendor. All methods run on one thread, none of them may block.

    For every request the pipeline calls `admit`, looks for faults, then `limit`, `enter`, `handle`
    (inside a transaction) and, whatever happened, `leave` and `finish`. A `Refusal` raised by `admit` or
    `handle` rolls back what the request changed and becomes the answer.
    """

    name: str

    def seed(self) -> None:
        """Fill an empty world; runs inside a transaction, after construction and after every reset."""

    def admit(self, request: Request) -> Any:
        """Authenticate and find the endpoint; answer the vendor's `Call`, or raise a Refusal."""

    def limit(self, call: Any) -> Answer | None:
        """Count the request against the rate limits; the 429 when it does not fit."""

    def enter(self, call: Any) -> Answer | None:
        """Begin: the answer when there is nothing to do (replayed, in flight, too many at once), else None."""

    def handle(self, call: Any) -> Answer:
        """Do it and answer; raises Refusal. Runs inside a transaction."""

    def keep(self, call: Any, answer: Answer) -> None:
        """Remember a failed answer as the result, where the vendor does that; runs inside a transaction."""

    def leave(self, call: Any) -> None:
        """End what `enter` began; called exactly when `enter` answered None."""

    def finish(self, request: Request, call: Any | None, answer: Answer) -> Answer:
        """Add the headers that every answer carries."""

    def faulty(self, fault: Fault, request: Request) -> Answer:
        """Answer a `rate_limit` or `server_error` fault in the vendor's words; raises FaultError for bad kinds."""

    def check_fault(self, words: Mapping[str, Any]) -> None:
        """Raise FaultError when an ordered fault names a kind that this vendor does not know."""

    def control(self, method: str, path: str, body: Any) -> Any | None:
        """Answer a control request under `/_simulator/<name>/`, or None when there is no such thing."""
