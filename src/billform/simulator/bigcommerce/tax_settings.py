"""The tax settings of the store, one object for all of it: /tax/settings."""

from __future__ import annotations

from typing import Any, Final

from billform.simulator.bigcommerce import answers
from billform.simulator.bigcommerce.fields import flag, integer, record, text
from billform.simulator.bigcommerce.shop import Call, Route
from billform.simulator.message import Answer

_DISPLAY: Final = text(one_of=("ZONE", "INCLUSIVE", "EXCLUSIVE"))
_FIELDS: Final = record(
    {
        "tax_entered_with_prices": flag(),
        "price_display_settings": record(
            {"control_panel_price_display_strategy": _DISPLAY, "invoice_price_display_strategy": _DISPLAY}
        ),
        "fallback_strategy": text(one_of=("FIXED", "BASIC", "DISABLE")),
        "should_subtract_store_tax": flag(),
        "should_use_geolocation_to_determine_guest_shopper_tax_zone": flag(),
        "guest_shopper_tax_zone_id": integer(),
        "store_tax_zone_id": integer(),
        "document_submission_strategy": text(one_of=("ON_PAYMENT_CAPTURE", "ON_ORDER_CREATION")),
        "rounding_strategy": text(one_of=("NO_ROUNDING", "RATE_ROUNDING")),
    }
)
DEFAULTS: Final[dict[str, Any]] = {
    "tax_entered_with_prices": False,
    "price_display_settings": {
        "control_panel_price_display_strategy": "ZONE",
        "invoice_price_display_strategy": "ZONE",
    },
    "fallback_strategy": "FIXED",
    "should_subtract_store_tax": True,
    "should_use_geolocation_to_determine_guest_shopper_tax_zone": False,
    "guest_shopper_tax_zone_id": 1,
    "store_tax_zone_id": 1,
    "document_submission_strategy": "ON_PAYMENT_CAPTURE",
    "rounding_strategy": "RATE_ROUNDING",
}


def _current(call: Call) -> dict[str, Any]:
    row = call.shop.find("tax_settings", "settings")
    return answers.pick(row, without=("id",)) if row else dict(DEFAULTS)


def get(call: Call) -> Answer:
    """Answer the settings."""
    return answers.data(_current(call))


def update(call: Call) -> Answer:
    """Change the settings; what the body leaves out stays."""
    given = call.fields(_FIELDS)
    current = _current(call)
    if "price_display_settings" in given:
        given["price_display_settings"] = {**current["price_display_settings"], **given["price_display_settings"]}
    changed = {**current, **given}
    call.shop.add("tax_settings", {"id": "settings", **changed})
    return answers.data(changed)


ROUTES: Final = (
    Route(method="GET", path="/v3/tax/settings", scope="store_v2_information", handle=get),
    Route(method="PUT", path="/v3/tax/settings", scope="store_v2_information", handle=update),
)
