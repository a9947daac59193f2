"""Channels with their sites and currencies, read only: /channels."""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers, filters, pages, problems
from billform.simulator.bigcommerce.shop import Call, Route
from billform.simulator.message import Answer
from billform.simulator.world import Row

_SELLING: Final = frozenset({"active", "prelaunch", "connected"})
_FILTERS: Final[filters.Filters] = {
    "status:in": filters.text_in("status"),
    "type:in": filters.text_in("type"),
    "platform:in": filters.text_in("platform"),
    "available": lambda raw: lambda row: (row["status"] in _SELLING) == (raw.lower() == "true"),
    **filters.dates("date_created", "date_modified"),
}


def view(row: Row, include: str = "") -> dict[str, Any]:
    """Answer a channel as the API shows it."""
    own = answers.pick(row, without=("currencies", "site"))
    return {**own, "currencies": currencies(row)} if include == "currencies" else own


def currencies(row: Row) -> dict[str, Any]:
    """Answer the currency assignment of a channel."""
    return {"channel_id": row["id"], **row["currencies"]}


def get_all(call: Call) -> Answer:
    """Answer a page of channels."""
    rows = filters.select(call, call.shop.all("channels"), _FILTERS, ("include",))
    return pages.paged(call, rows, lambda row: view(row, call.query.get("include", "")))


def get(call: Call) -> Answer:
    """Answer one channel."""
    return answers.data(view(_one(call), call.query.get("include", "")))


def get_site(call: Call) -> Answer:
    """Answer the site of a channel; 404 when it has none."""
    site = _one(call)["site"]
    if site is None:
        raise problems.v3(404, "The channel has no site")
    return answers.data(site)


def get_currencies(call: Call) -> Answer:
    """Answer the currency assignment of one channel."""
    return answers.data(currencies(_one(call)))


def get_all_currencies(call: Call) -> Answer:
    """Answer the currency assignments of every channel."""
    return answers.data([currencies(row) for row in call.shop.all("channels")])


def _one(call: Call) -> Row:
    row = call.shop.find("channels", call.number("channel_id"))
    if row is None:
        raise problems.not_found("channel", call.number("channel_id"))
    return row


_ITEM: Final = "/v3/channels/{channel_id}"
ROUTES: Final = (
    Route(method="GET", path="/v3/channels", scope="store_channel_settings", handle=get_all),
    Route(
        method="GET",
        path="/v3/channels/currency-assignments",
        scope="store_channel_settings",
        handle=get_all_currencies,
    ),
    Route(method="GET", path=_ITEM, scope="store_channel_settings", handle=get),
    Route(method="GET", path=f"{_ITEM}/currency-assignments", scope="store_channel_settings", handle=get_currencies),
    Route(method="GET", path=f"{_ITEM}/site", scope="store_sites", handle=get_site),
)
