"""What a store says of itself, read only: /v2/store, /v2/time, /v2/currencies."""

from __future__ import annotations

from typing import Final

from billform.simulator.bigcommerce import answers, pages, problems
from billform.simulator.bigcommerce.shop import Call, Route
from billform.simulator.message import Answer


def get_store(call: Call) -> Answer:
    """Answer the store's profile."""
    return answers.bare(answers.pick(call.shop.profile, without=("settings",)))


def get_time(call: Call) -> Answer:
    """Answer the time of the server in unix seconds."""
    return answers.bare({"time": call.shop.now})


def get_currencies(call: Call) -> Answer:
    """Answer a page of the store's currencies."""
    return pages.listed(call, call.shop.all("currencies"), dict)


def get_currency(call: Call) -> Answer:
    """Answer one currency."""
    row = call.shop.find("currencies", call.number("id"))
    if row is None:
        raise problems.v2_not_found()
    return answers.bare(row)


ROUTES: Final = (
    Route(method="GET", path="/v2/store", scope="store_v2_information", handle=get_store),
    Route(method="GET", path="/v2/time", scope=None, handle=get_time),
    Route(method="GET", path="/v2/currencies", scope="store_v2_information", handle=get_currencies),
    Route(method="GET", path="/v2/currencies/{id}", scope="store_v2_information", handle=get_currency),
)
