"""The control endpoint `/_simulator/…`, the same on both ports, JSON in and out.

- `POST faults` orders a fault, or a list of them (the words are the fields of `Fault` in `faults.py`);
  `GET faults` lists them with how often they matched and fired; `DELETE faults` and `DELETE faults/<id>` take
  them back.
- `GET limits` and `PUT limits` (the words are the fields of `Limits` in `limits.py`; null switches one off).
- `GET log` answers every request since the log was emptied; `DELETE log` empties it and counts requests and
  writes from 1 again; `PUT log {"bodies": true}` keeps what was sent and answered from now on.
- `GET state` answers every row of every table; `POST reset` makes a new world: state, faults, log, meters.
- `GET clock`; `PUT clock {"offset": seconds}` sets how far the simulated time is ahead.
- `GET deliveries` answers the attempts to deliver events and how many are under way; `DELETE deliveries`.
- `<vendor>/…` belongs to the vendor: `POST stripe/keys {"key": …, "account": …, "permissions": […],
  "status": "active" | "revoked"}`, `GET stripe/keys`; BigCommerce's are in its own `control.py`.

Words that mean nothing answer 400 `{"problem": …}`, so that no test passes because its fault never came.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from billform.simulator.faults import FaultError
from billform.simulator.limits import LimitError
from billform.simulator.message import Answer, json_answer
from billform.simulator.pipeline import Pipeline
from billform.simulator.vendor import Vendor

PREFIX: Final = "/_simulator/"


class Control:
    """Answers control requests; it is no part of either vendor and never counted, limited or hit by faults."""

    def __init__(self, pipeline: Pipeline, vendors: Sequence[Vendor]) -> None:
        self._pipeline = pipeline
        self._vendors = {vendor.name: vendor for vendor in vendors}

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Answer one control request; 400 for words that mean nothing, 404 for an unknown one."""
        try:
            content = json.loads(body) if body else {}
        except ValueError:
            return json_answer(400, {"problem": "the body is not JSON"})
        try:
            found = self._dispatch(method, path.removeprefix(PREFIX).strip("/"), content)
        except (FaultError, LimitError, TypeError, ValueError, KeyError) as problem:
            return json_answer(400, {"problem": str(problem)})
        if found is None:
            return json_answer(404, {"problem": f"the simulator has no {method} {path}"})
        return json_answer(200, found)

    def _dispatch(self, method: str, path: str, content: Any) -> Any | None:
        pipeline, setting = self._pipeline, self._pipeline.setting
        word, _, rest = path.partition("/")
        if word in self._vendors:
            with setting.world.transaction():
                return self._vendors[word].control(method, rest, content)
        match (method, word):
            case ("POST", "faults"):
                return self._order(content)
            case ("GET", "faults"):
                return {"data": pipeline.faults.listing()}
            case ("DELETE", "faults"):
                pipeline.faults.clear(int(rest) if rest else None)
            case ("GET", "limits"):
                return asdict(setting.limits)
            case ("PUT", "limits"):
                setting.limits = setting.limits.changed(content)
                setting.meters.clear()
                return asdict(setting.limits)
            case ("GET", "log"):
                return {"data": [entry.as_json() for entry in pipeline.log]}
            case ("DELETE", "log"):
                pipeline.clear_log()
            case ("PUT", "log"):
                pipeline.keep_bodies = bool(content["bodies"])
            case ("GET", "state"):
                return setting.world.dump()
            case ("POST", "reset"):
                self.reset()
            case ("GET", "clock"):
                return {"now": setting.world.now()}
            case ("PUT", "clock"):
                setting.world.shift_clock(int(content["offset"]))
                return {"now": setting.world.now()}
            case ("GET", "deliveries"):
                return {"data": setting.delivery.attempts(), "pending": setting.delivery.pending}
            case ("DELETE", "deliveries"):
                setting.delivery.clear()
            case _:
                return None
        return {"ok": True}

    def reset(self) -> None:
        """Empty the state, the faults and the log, fill the meters, and seed both vendors anew."""
        setting = self._pipeline.setting
        setting.world.reset()
        setting.meters.clear()
        setting.delivery.clear()
        self._pipeline.faults.clear()
        self._pipeline.clear_log()
        with setting.world.transaction():
            setting.world.table("clock").put("clock", {"offset": 0})
            for vendor in self._vendors.values():
                vendor.seed()

    def _order(self, content: Any) -> Any:
        orders = content if isinstance(content, list) else [content]
        for order in orders:
            wanted = order.get("vendor")
            if wanted is None:
                # A kind of 429 belongs to one vendor; only that one can be hit by it.
                wanted = order.get("kind") and self._vendor_of(order)
                order.update({"vendor": wanted} if wanted else {})
            elif wanted not in self._vendors:
                raise FaultError(f"vendor must be one of {', '.join(self._vendors)}")
            else:
                self._vendors[wanted].check_fault(order)
        placed = [self._pipeline.faults.order(order).as_json() for order in orders]
        return {"data": placed} if isinstance(content, list) else placed[0]

    def _vendor_of(self, order: dict[str, Any]) -> str:
        refusals = []
        for name, vendor in self._vendors.items():
            try:
                vendor.check_fault(order)
            except FaultError as refusal:
                refusals.append(f"{name}: {refusal}")
            else:
                return name
        raise FaultError("; ".join(refusals))
