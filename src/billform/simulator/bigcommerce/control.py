"""The switches that tests and operators have, under `/_simulator/bigcommerce/`; the vendor has none of them.

- `GET stores` and `POST stores {"hash", "name"}`: the stores, and one more.
- `GET accounts` and `POST accounts {"token", "store", "client_id", "client_secret", "scopes"}`: the API accounts,
  and one more (or another in place of the one with that token). Secrets are never listed.
- `POST accounts/revoke {"token"}`: the token is no longer valid.
- `PATCH stores/{hash} {…}`: `settings` (`price_lists`, `customer_groups`: whether the plan has them;
  `loopback_hooks`: whether hooks may be delivered to http on 127.0.0.1; `partial_writes`: how many of the next
  writes that have a part which can fail by itself, a product's address or stock, or a group's site-wide
  discount, are done without that part and answered 207) or any field of the profile.
- `GET objects/{hash}/{table}`: what a store keeps of one sort.
- `PATCH objects/{hash}/{table}/{id} {…}`: change a stored object as if somebody had in the control panel.
"""

from __future__ import annotations

from typing import Any

from billform.simulator.bigcommerce import seed
from billform.simulator.vendor import Setting


def answer(setting: Setting, method: str, path: str, body: Any) -> Any | None:
    """Answer a control request, or None when there is no such thing; raises ValueError for bad words."""
    match (method, path.split("/")):
        case ("GET", ["stores"]):
            return {"data": list(setting.world.table("bigcommerce/stores").values())}
        case ("POST", ["stores"]):
            return _add_store(setting, body)
        case ("PATCH", ["stores", store]):
            return _change_store(setting, store, body)
        case ("GET", ["accounts"]):
            return {"data": [_without_secret(row) for row in setting.world.table("bigcommerce/accounts").values()]}
        case ("POST", ["accounts"]):
            return _add_account(setting, body)
        case ("POST", ["accounts", "revoke"]):
            return _without_secret(setting.world.table("bigcommerce/accounts").update(body["token"], {"revoked": True}))
        case ("GET", ["objects", store, table]):
            return {"data": list(setting.world.table(f"bigcommerce/{store}/{table}").values())}
        case ("PATCH", ["objects", store, table, number]):
            return setting.world.table(f"bigcommerce/{store}/{table}").update(number, body)
        case _:
            return None


def _add_store(setting: Setting, body: dict[str, Any]) -> Any:
    if setting.world.table("bigcommerce/stores").get(body["hash"]) is not None:
        raise ValueError(f"there is a store {body['hash']} already")
    return seed.add_store(setting, body["hash"], name=body.get("name", body["hash"])).profile


def _change_store(setting: Setting, store: str, body: dict[str, Any]) -> Any:
    stores = setting.world.table("bigcommerce/stores")
    row = stores.get(store)
    if row is None:
        raise ValueError(f"there is no store {store}")
    settings = body.get("settings", {})
    unknown = (set(settings) - set(seed.SETTINGS)) | (set(body) - set(row))
    if unknown:
        raise ValueError(f"unknown words: {', '.join(sorted(unknown))}")
    return stores.update(store, {**body, "settings": {**row["settings"], **settings}})


def _add_account(setting: Setting, body: dict[str, Any]) -> Any:
    if setting.world.table("bigcommerce/stores").get(body["store"]) is None:
        raise ValueError(f"there is no store {body['store']}")
    row = seed.add_account(
        setting,
        body["token"],
        store=body["store"],
        client_id=body["client_id"],
        client_secret=body.get("client_secret", f"secret-of-{body['client_id']}"),
        scopes=tuple(body.get("scopes", seed.ALL_SCOPES)),
    )
    return _without_secret(row)


def _without_secret(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "client_secret"}
