"""One catalog in many hands: files cut, ordered and written as people do."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

from .accounts import Words

Chance = random.Random
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_ .+-]*[A-Za-z0-9]")
WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "none"}
IN_ORDER = {"prices", "base", "monthly", "yearly", "quarterly", "once", "usd"}
"""Where one of these stands the first is meant to stand out: prices and currencies."""
ANY_ORDER = {
    "addons",
    "categories",
    "currencies",
    "customer_groups",
    "events",
    "features",
    "plans",
    "products",
    "storefronts",
}
"""Lists whose order says nothing."""


def one_file(directory: Path, words: Words, chance: Chance) -> None:
    """All in one, in any style."""
    (directory / "catalog.yaml").write_text(written(words, chance), "utf-8")


def many_files(directory: Path, words: Words, chance: Chance) -> None:
    """A file for every plan, coupon and so on; their names, the order of keys and of lists by chance."""
    for part, entries in words.items():
        for key, entry in entries.items() if isinstance(entries, dict) else [(part, entries)]:
            said = {part: shuffled({key: entry}, chance)} if isinstance(entries, dict) else {key: entry}
            name = f"{chance.randrange(10**9)}-{part}-{key}.yaml"
            (directory / name).write_text(written(said, chance), "utf-8")


def shuffled(value: Any, chance: Chance, name: str = "") -> Any:
    """The same in another order, wherever order says nothing."""
    if isinstance(value, dict):
        keys = list(value)
        if not IN_ORDER & set(keys):
            chance.shuffle(keys)
        return {key: shuffled(value[key], chance, key) for key in keys}
    if isinstance(value, list):
        items = [shuffled(each, chance) for each in value]
        return chance.sample(items, len(items)) if name in ANY_ORDER else items
    return value


def written(words: Words, chance: Chance) -> str:
    """YAML in a style of its own: block or flow, quotes or none, comments, blank lines, Windows or not."""
    lines = [*(["---"] if chance.random() < 0.3 else []), *_block(words, chance, "")]
    text = "\n".join(lines) + "\n"
    if chance.random() < 0.2:
        text = text.replace("\n", "\r\n")
    return ("\ufeff" if chance.random() < 0.1 else "") + text


def _block(value: Words, chance: Chance, indent: str) -> list[str]:
    lines: list[str] = []
    step = " " * chance.choice([1, 2, 2, 4])
    for key, each in value.items():
        if chance.random() < 0.1:
            lines += ["", f"{indent}# about {key}"]
        head = f"{indent}{_scalar(key, chance)}:"
        if isinstance(each, dict) and each and chance.random() < 0.7:
            lines += [head, *_block(each, chance, indent + step)]
        elif isinstance(each, list) and each and chance.random() < 0.5:
            lines += [head, *(f"{indent}{step}- {_flow(item, chance)}" for item in each)]
        else:
            comment = "  # as agreed" if chance.random() < 0.1 else ""
            lines.append(f"{head} {_flow(each, chance)}{comment}")
    return lines


def _flow(value: Any, chance: Chance) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key, chance)}: {_flow(each, chance)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each, chance) for each in value) + "]"
    return _scalar(value, chance)


def _scalar(value: Any, chance: Chance) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    ways = [json.dumps(value, ensure_ascii=chance.random() < 0.5), "'" + value.replace("'", "''") + "'"]
    if PLAIN.fullmatch(value) and value.lower() not in WORDS:
        ways += [value, value]
    if re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]+)?", value):
        ways += [value, value]  # an amount, which is read as it is written
    return chance.choice(ways)
