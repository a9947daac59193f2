"""What applying a plan looks like: a line for each change as it ends, and the line that closes everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum

from billform.core.plan import SYMBOLS, Adopt, Archive, Change, Create, NewVersion, Plan, Recreate, Refuse, Restore
from billform.core.resource import Address
from billform.core.show import noun
from billform.render.lines import STYLE_OF_ACTION, Line, Piece, Style, line, padded, visible, width
from billform.render.summary import VENDORS, counted, ends

_ADDRESS, _ID = 64, 30
"""Columns at most. Longer addresses and ids push what follows to the right."""
_REST = 56
"""Columns of everything else on the line."""


class Ending(Enum):
    """How a change ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


def address_columns(changes: Iterable[Change], screen: int | None = None) -> int:
    """As wide as the longest address, within reason, and within what a screen of so many columns leaves."""
    most = _ADDRESS if screen is None else max(0, min(_ADDRESS, screen - _REST))
    return min(most, max((width(visible(str(each.address))) for each in changes), default=0))


def progress_line(
    number: int,
    total: int,
    change: Change,
    ending: Ending,
    *,
    identity: str,
    seconds: float,
    note: str = "",
    columns: int = _ADDRESS,
) -> Line:
    """`[4/7] ± stripe.price/pro.base.monthly     price_1Qb2  0.9s  price_1PfA archived`."""
    count = f"[{str(number).rjust(len(str(total)))}/{total}] "
    match ending:
        case Ending.DONE:
            symbol = Piece(SYMBOLS[change.action], STYLE_OF_ACTION[change.action])
        case Ending.FAILED:
            symbol = Piece("x", Style.REFUSE)
        case Ending.SKIPPED:
            symbol = Piece("·", Style.DIM)
    address = visible(str(change.address))
    shown_id = _column(identity, _ID if width(address) <= columns else 0)
    took = f"{seconds:.1f}s" if ending is not Ending.SKIPPED else "skipped"
    return line(
        Piece(count, Style.DIM),
        symbol,
        " ",
        _column(address, columns),
        f"  {shown_id}" if shown_id else "",
        f"  {took}",
        Piece(f"  {note}" if note else "", Style.REFUSE if ending is Ending.FAILED else Style.DIM),
        indent=len(count) + 2,
    )


def _column(text: str, columns: int) -> str:
    shown = visible(text)
    return padded(shown, columns) if width(shown) <= columns else shown


def retired(change: Change) -> str:
    """What went out of sale together with a change: `price_1PfA archived`."""
    if isinstance(change, Create | Archive | Refuse) or not change.supersedes:
        return ""
    return f"{', '.join(each.shown_id for each in change.supersedes)} {ends(change)}d"


def outcome_summary(*, done: int, failed: int, skipped: int) -> str:
    """`Applied 6 of 7. 1 failed, 0 skipped.`, always the last line."""
    return f"Applied {done:,} of {done + failed + skipped:,}. {failed:,} failed, {skipped:,} skipped."


def made_lines(plan: Plan) -> Iterator[str]:
    """What there is now that was not there before, a line for each vendor."""
    sorts = Create | NewVersion | Recreate | Restore | Adopt
    made = Counter(each.address.kind for each in plan.changes if isinstance(each, sorts))
    for vendor in sorted({kind.partition(".")[0] for kind in made}, reverse=True):
        nouns = [counted(count, noun(kind)) for kind, count in sorted(made.items()) if kind.startswith(f"{vendor}.")]
        yield f"{VENDORS.get(vendor, vendor)} has {_listed(nouns)}."


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def named(addresses: Iterable[Address], most: int = 5) -> str:
    """A few addresses, and how many more there are."""
    shown = [str(each) for each in addresses]
    more = f" and {len(shown) - most:,} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more
