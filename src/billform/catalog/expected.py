"""What was expected and what was found, in people's words: the text of every problem with a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from billform.catalog import hints
from billform.catalog.nodes import ListNode, MapNode, Node
from billform.core import redact
from billform.core.diagnostic import nearest
from billform.core.money import text

UNFIT_KINDS: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "is_instance_of": "a number",
    "finite_number": "a number",
    "float_type": "a number",
    "bool_type": "`true` or `false`",
    "bool_parsing": "`true` or `false`",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping of words to values",
    "model_type": "a mapping of words to values",
    "model_attributes_type": "a mapping of words to values",
    "none_required": "nothing",
}
"""pydantic's errors about the sort of value, each with the sort that was wanted."""

FORMS: Mapping[str, str] = {
    r"^[a-z][a-z0-9_-]{0,39}$": (
        "a key: lower-case letters, digits, `-` and `_`, a letter first, 40 characters at most, such as `pro`"
    ),
    r"^https?://[^\s]+$": "a URL that begins with `https://`",
    r"^[a-z]{3}$": "a currency in three lower-case letters, such as `usd`",
    r"^[A-Z]{2}$": "a country in two capital letters, such as `DE`",
    r"^txcd_[0-9]{8}$": "a Stripe tax code, such as `txcd_10103001`",
    r"^[^\[\]]+$": "a word without square brackets",
    r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$": "a price as CHARGE.PRICE, such as `base.monthly`",
    r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*){2}$": "a price as PLAN.CHARGE.PRICE, such as `pro.base.monthly`",
    r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)?$": "PLAN or PLAN.CHARGE, such as `pro` or `pro.seats`",
    r"^\S(.*\S)?$": "text that neither begins nor ends with a space",
    r"^/[^\s]*$": "a path that begins with `/`, such as `/plans/pro/`",
    r"^[A-Za-z0-9_-]+$": "letters, digits, `-` and `_` only, such as `LAUNCH25`",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z]+)?$": "a Stripe API version, such as `2026-10-28.endive`",
    r"^[^<>\\'\"*]+$": "text without any of `< > \\ ' \" *`",
    r"^[A-Za-z_][A-Za-z0-9_]*$": "the name of an environment variable, such as `STRIPE_API_KEY`",
    r"^acct_[A-Za-z0-9]{6,}$": "a Stripe account id, such as `acct_1NvXLq2eZvKYlo2C`",
    r"^[a-z0-9]{4,20}$": "a store hash, such as `8x2kq1v0aa`",
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": "a language tag, such as `en` or `de-AT`",
}
"""The patterns that the models use, each as a sentence can name it."""

_SEEN = 200
"""Characters of a value that are looked at to say what is wrong with it."""

_NUMBER_LIKE = re.compile(r"[-+]?[0-9.][0-9.,_'xXa-fA-F+-]*")
_LISTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


class Said(NamedTuple):
    """A problem's wording."""

    code: str
    summary: str
    hint: str | None = None


def said(kind: str, message: str, value: Any, context: Mapping[str, Any]) -> Said:
    """The words for one of pydantic's errors; `value` is what the file holds there."""
    if kind == "string_too_long":
        return Said("C014", f"{len(str(value))} characters are more than the {context.get('max_length')} allowed")
    value = _beginning(value)
    if kind in UNFIT_KINDS:
        return unfit([UNFIT_KINDS[kind]], value)
    match kind:
        case "literal_error" | "enum":
            return _choice(_LISTED.findall(str(context.get("expected", ""))), value, context.get("shapes", {}))
        case "string_pattern_mismatch":
            pattern = str(context.get("pattern"))
            wanted = FORMS.get(pattern, "text of another form")
            cases = (value.lower(), value.upper()) if isinstance(value, str) else ()
            right = next((each for each in cases if re.search(pattern, each)), None)
            hint = f"write `{right}`" if right and redact.cautious(right) == right else None
            if hint is None and isinstance(value, str):
                hint = hints.form(pattern, value)
            return Said("C014", f"expected {wanted}; found {found(value)}", hint)
        case "string_too_short" | "too_short":
            least = context.get("min_length", 1)
            what = "may not be empty" if least == 1 else f"needs at least {least}"
            return Said("C014", what, "write something, or leave the whole line out")
        case "too_long":
            most, actual = context.get("max_length"), context.get("actual_length")
            return Said("C014", f"{actual} entries are more than the {most} allowed")
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            word, limit = {
                "greater_than_equal": ("at least", "ge"),
                "greater_than": ("more than", "gt"),
                "less_than_equal": ("at most", "le"),
                "less_than": ("less than", "lt"),
            }[kind]
            return Said("C014", f"expected {word} {context.get(limit)}; found {found(value)}")
        case "not_an_amount":
            return _amount(value)
        case "negative_amount" | "too_many_decimals":
            hint = hints.without_sign(value) if kind == "negative_amount" else None
            return Said("C016", redact.cautious(message), hint)
        case "not_a_percentage":
            return Said("C014", redact.cautious(message), hints.percentage(value))
        case "not_an_interval":
            return Said("C014", redact.cautious(message), hints.interval(value))
    return Said("C014", redact.cautious(message.removeprefix("Value error, ")))


def unfit(wanted: list[str], value: Any) -> Said:
    """Another sort of value than any of those wanted."""
    value = _beginning(value)
    summary = f"expected {' or '.join(dict.fromkeys(wanted))}; found {found(value)}"
    if wanted == ["`true` or `false`"] and isinstance(value, str) and value.lower() in _YES | _NO:
        return Said("C014", summary, f"write `{'true' if value.lower() in _YES else 'false'}`")
    if isinstance(value, str) and any("number" in each for each in wanted) and _NUMBER_LIKE.fullmatch(value):
        return Said("C016", summary, rewritten(value))
    if wanted == ["text"] and isinstance(value, bool | int | Decimal):
        return Said("C014", summary, f'put it into quotes: "{_digits(value)}"')
    if wanted == ["a list"] and isinstance(value, str | int | Decimal):
        return Said("C014", summary, f"write `[{_short(str(value))}]`")
    if value is None:
        return Said("C014", summary, "indent what belongs to it, or delete the line")
    return Said("C014", summary)


_YES = frozenset({"yes", "y", "on"})
_NO = frozenset({"no", "n", "off"})


def found(value: Any) -> str:
    """A value as a message may quote it: short, on one line, and without a secret."""
    match value:
        case None:
            return "nothing"
        case bool() | int() | Decimal():
            return f"`{_digits(value)}`"
        case str():
            return f"`{_short(value)}`" if value else "an empty text"
        case list() | tuple():
            return "a list"
        case _:
            return "a mapping"


def described(node: Node | None) -> str:
    """The same for what was read but not yet understood."""
    if node is None:
        return "nothing"
    if isinstance(node, MapNode):
        return "a mapping"
    return "a list" if isinstance(node, ListNode) else found(node.value)


def _choice(words: list[str], value: Any, shapes: Mapping[str, str | None]) -> Said:
    """`shapes` are the other sorts of value that may stand there, as people write them; a mapping's with its word."""
    listed = ", ".join(f"`{each}`" for each in words[:12]) + (", …" if len(words) > 12 else "")
    wanted = " or ".join((listed if len(words) == 1 else f"one of {listed}", *shapes))
    near = nearest(value, words) if isinstance(value, str) else None
    hint = f"did you mean `{near}`?" if near else None
    if hint is None:
        hint = next(filter(None, (hints.shaped(value, word) for word in shapes.values() if word)), None)
    return Said("C014", f"expected {wanted}; found {found(value)}", hint)


def _amount(value: Any) -> Said:
    if isinstance(value, str):
        return Said("C016", f"{found(value)} is not an amount", rewritten(value))
    return Said("C016", f"expected an amount; found {found(value)}", "write digits and a point, such as 4900.50")


def rewritten(written: str) -> str:
    """What the author of a number in another notation most likely means, as a hint."""
    plain = "write digits and at most one point, such as 4900.50"
    if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]{1,2}", written):
        return f"write it out: {text(Decimal(written))}"
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", written):
        return f"leave the commas out: {written.replace(',', '')} (for a decimal comma, write a point)"
    if re.fullmatch(r"[0-9]+,[0-9]+", written):
        return f"write a point for the comma: {written.replace(',', '.')}"
    if re.fullmatch(r"[0-9]{1,3}([_ '][0-9]{3})+(\.[0-9]+)?", written):
        return f"leave the separators out: {re.sub(r'[_ ]|' + chr(39), '', written)}"
    if re.fullmatch(r"0[0-9]+(\.[0-9]+)?", written):
        return f"leave the leading zeros out: {written.lstrip('0') or '0'}"
    if re.fullmatch(r"\.[0-9]+", written):
        return f"write a digit before the point: 0{written}"
    if re.fullmatch(r"[0-9]+\.", written):
        return f"leave the point out: {written[:-1]}"
    if re.fullmatch(r"\+[0-9]+(\.[0-9]+)?", written):
        return f"leave the sign out: {written[1:]}"
    if match := re.fullmatch(r"[^0-9]{0,4}?([0-9]+(?:\.[0-9]+)?) ?[^0-9]{0,4}", written):
        return f"write the number alone: {match[1]}"
    return plain


def _digits(value: bool | int | Decimal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _beginning(value: Any) -> Any:
    return value[:_SEEN] if isinstance(value, str) else value


def _short(value: str) -> str:
    # Before it is cut: of a secret that is cut off, too little may be left to know it by.
    line = redact.cautious(" ".join(value[:_SEEN].split()))
    return line if len(line) <= 40 else line[:39] + "…"
