"""The words about time: billing intervals and moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from .words import Count, Model, quoted


class Interval(Model):
    """How often a recurring price is billed."""

    interval: Literal["day", "week", "month", "year"] = Field(description="The unit.")
    count: Count = Field(default=1, description="How many units; three years at most.", examples=[3])

    def __str__(self) -> str:
        return self.interval if self.count == 1 else f"{self.count} {self.interval}s"

    @property
    def days(self) -> Decimal:
        """Its length in days, months and years on average: only good for comparing intervals."""
        return self.count * {"day": Decimal(1), "week": Decimal(7), "month": Decimal("30.4375")}.get(
            self.interval, Decimal("365.25")
        )


_EVERY = r"^([1-9][0-9]{0,3} )?(day|week|month|year)s?$"


def _read_interval(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(_EVERY, value)
    if found is None:
        raise PydanticCustomError(
            "not_an_interval",
            "`{written}` is not an interval; write day, week, month, year or a count such as `3 months`",
            {"written": quoted(value)},
        )
    return {"interval": found[2], "count": int(found[1] or 1)}


Every = Annotated[
    Interval,
    BeforeValidator(_read_interval, json_schema_input_type=Annotated[str, Field(pattern=_EVERY)] | Interval),
]
"""`month`, `3 months` or {interval: month, count: 3}."""


def _read_moment(value: Any) -> Any:
    if not isinstance(value, str):
        if isinstance(value, date):
            return value
        raise PydanticCustomError("not_a_moment", "expected a date such as 2027-01-31 or 2027-01-31T12:00:00Z")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError(
            "not_a_moment",
            "`{written}` is not a date; write 2027-01-31 or 2027-01-31T12:00:00Z",
            {"written": quoted(value)},
        ) from None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return moment.date()
    if moment.tzinfo is None:
        raise PydanticCustomError(
            "no_timezone",
            "`{written}` has no time zone; end it with Z or an offset such as +01:00",
            {"written": quoted(value)},
        )
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first and the last hours of all time
        raise PydanticCustomError(
            "not_a_moment", "expected a date such as 2027-01-31 or 2027-01-31T12:00:00Z"
        ) from None


Moment = Annotated[
    datetime | date,
    BeforeValidator(
        _read_moment,
        json_schema_input_type=Annotated[
            str,
            Field(
                pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?$",
                examples=["2027-01-31", "2027-01-31T12:00:00Z"],
            ),
        ],
    ),
]
"""An instant with its offset, or a day in the catalog's time zone; `Catalog.starts` and `Catalog.ends` read both."""
