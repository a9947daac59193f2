"""Ways to break a file: each takes chance, a text and texts of other files, and answers what an author never meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

Mutation: TypeAlias = Callable[[Random, bytes, Sequence[bytes]], bytes]

MOST = 6_000_000
"""Bytes of a mutant; more than Billform reads of a file, so that files which are too large are among them."""

_SCALAR = re.compile(rb"(?<=: )(?![\[{&*|>])[^\s,}\]#][^,}\]\n#]{0,300}|(?<=- )[^\s\[{&*|>][^\n:]{0,300}(?=\n)")
_KEY = re.compile(rb"(?m)^( *(?:- )?)([A-Za-z_][\w-]*)(?=:(?:\s|$))|(?<=[{,] )()([A-Za-z_][\w-]*)(?=:)")

NASTY: tuple[str, ...] = (
    *("", "~", "null", "NULL", "yes", "No", "on", "OFF", "true", "True", "y", "n", "''", '""', "=", "<<", "? a", "- a"),
    *("0", "-0", "+0", "00", "010", "0o17", "0x1F", "0b1", "1_000", "4,900", "1e3", "1E400", "1e999999999",
      "-1e-999999999"),
    *("1" + "0" * 59, "1" + "0" * 60, "9" * 5000, "0." + "0" * 59 + "1", "0." + "3" * 400, "1." + "0" * 5000,
      "-" + "9" * 59),
    *("9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999.99", ".5",
      "5.", "-", "."),
    *(".inf", "-.Inf", ".nan", "NaN", "Infinity", "12:30", "190:20:30", "1:60", "1.2.3", "٣", "１２", "½",
      "4\u00a0900", "1\u202f000"),
    *("2027-01-31", "2027-02-30", "9999-12-31", "0000-00-00", "2027-01-31T12:00:00Z",
      "2001-12-14t21:59:43.10-05:00", "10000-01-01"),
    *("2027-01-31 25:61", "2027-01-31T12:00:00+99:99", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("!!python/object/apply:os.system ['true']", "!!python/object:os.PathLike {}", "!!binary AAAA",
      "!!binary '%%%'", "!!float .1"),
    *("!!set {a, b}", "!!omap [a: 1]", "!!timestamp 2001-01-01", "!!null ''", "!!int '12'", "!!bool x",
      "!local x", "!<tag:x,1:y> z"),
    *("!!merge '<<'", "!!str", "!!seq", "!!map", "! x", "!", "!!", "!e!x y", "!!map [a]", "!!seq {a: 1}"),
    *("*nobody", "&name", "&a *a", "&a &b x", "*", "&", "@x", "`x`", "%x", "|", ">", "|9", ">-", "|+2", "|0",
      ">10", "|\n", "#", "- - - a"),
    *("{", "}", "[", "]", "{}", "[]", "[[]]", "{a: }", "{: }", "{,}", "[,]", "{a: 1, a: 2}", "{{a: 1}: 2}",
      "[a, [b, {c: d}]]", "{? a}"),
    *("'", '"', "'it''s'", '"\\x00"', '"\\u202e"', '"\\ud800"', '"\\U00110000"', '"\\uD83D\\uDE00"',
      '"\\N\\L\\P\\_"', '"\\q"', '"a\\\n b"'),
    *("env:", "env:HOME", "env: ", "env:a b", "ENV:X", "env:" + "A" * 5000, "file:/etc/passwd", "/dev/zero",
      "../../../etc/passwd"),
    *("month", "3 months", "0 months", "-1 months", "999999999999 years", "1 fortnight", "month month",
      "1.5 years", "every month"),
    *("49 usd", "usd", "49.00 usd", "49 xyz", "USD 49", "49.999 kwd", "0.0000000000001 usd", "25%", "-5%",
      "1000000%", "%", "0.5 %"),
    *("https://", "https://[::1", "https://x:99999999/", "http://\u202e.example", "https://a b",
      "javascript:alert(1)", "https://" + "a" * 3000),
    *("pro.base.monthly", "pro..monthly", ".", "..", "a.b.c.d.e", "pro.base.monthly.", "*", "**", "[a", "[!",
      "stripe.price/*", "(?P<", "\\"),
    *("<script>alert(1)</script>", "<<<<<<<", "{{7*7}}", "${HOME}", "$(id)", "%s%n", "a; DROP TABLE", "\\r\\n",
      "::error::x", "]]>", "```"),
    *("é", "e\u0301", "\u200b", "\u200d", "\u2060", "\u00ad", "\u202e\u202dabc", "\u2066x\u2069", "\u061c",
      "👩‍👩‍👧‍👦", "🏳️‍🌈", "\U000e0041", "𝕡𝕣𝕠", "ﬁ", "İ", "ß", "ŉ"),
    *("\u0000", "\u0007", "\u001b[31m", "\u007f", "\u0085", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff",
      "\U0010ffff", "\ufdd0", "a\u0300" * 300),
    *("x" * 300, "x " * 2000, "ab" * 20_000, "\u4e00" * 500, "z" * 1_000_000, "a b\\n" * 400, "pro " * 200),
)  # fmt: skip
"""What is written in the place of a value or a key: all that YAML 1.1, numbers, dates and Unicode can surprise with."""

_BYTES: tuple[bytes, ...] = (
    *(bytes([each]) for each in b"\0\x01\x07\b\t\n\v\f\r\x1b\"':\x7f\x80\xc0\xfe\xff"),
    *(b"\r\n", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xed\xbf\xbf",
      b"\xf4\x90\x80\x80", b"\xc0\x80"),
    *(b"\xf0\x9f\x98\x80", b"\xe2\x80\xae", b"\xc2\xa0", b"\xe3\x80\x80", b": ", b"- ", b" #", b"? ", b"--- ",
      b"...", b"\n---\n", b"%YAML 1.1\n"),
    *(b"\n...\n", b"%TAG ! tag:x,2000:\n", b"\n? |\n  a\n: b\n", b"&a ", b"*a", b"<<: *a", b"!!", b"{", b"}",
      b"[", b"]", b"|\n", b">\n", b"'", b'"'),
)  # fmt: skip


def _cut(text: bytes, start: int, end: int, put: bytes) -> bytes:
    return text[:start] + put + text[end:]


def _lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True) or [b""]


def _nasty(chance: Random) -> bytes:
    return chance.choice(NASTY).encode("utf-8", "surrogatepass")


def flipped(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Bits of single bytes."""
    broken = bytearray(text or b"\n")
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def stuffed(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Bytes put in between."""
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(text) + 1)
        text = _cut(text, at, at, chance.choice(_BYTES))
    return text


def truncated(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """The end, or the beginning, is missing."""
    at = chance.randrange(len(text) + 1)
    return text[:at] if chance.random() < 0.8 else text[at:]


def gapped(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Something in the middle is missing, or there twice."""
    start = chance.randrange(len(text) + 1)
    end = min(len(text), start + chance.choice((1, 2, 3, 10, 100)))
    return _cut(text, start, end, b"" if chance.random() < 0.6 else text[start:end] * 2)


def reordered(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Lines deleted, repeated, or in another order."""
    lines = _lines(text)
    for _ in range(chance.choice((1, 1, 2, 6))):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0 if len(lines) > 1:
                del lines[one]
            case 1:
                lines.insert(other, lines[one])
            case 2:
                lines[one], lines[other] = lines[other], lines[one]
            case _:
                lines[one:one] = lines[one : one + chance.randrange(12)]
    return b"".join(lines)


def indented(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Lines begin further right or left, or with a tab."""
    lines = _lines(text)
    start = chance.randrange(len(lines))
    for at in range(start, min(len(lines), start + chance.choice((1, 1, 2, 8, len(lines))))):
        bare = lines[at].lstrip(b" ")
        deep = len(lines[at]) - len(bare)
        lines[at] = chance.choice((b" ", b"\t", b"  ", b"\xc2\xa0", b"    " * 30, b"")) + b" " * max(0, deep - 2) + bare
    return b"".join(lines)


def revalued(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Values that mean something else, or nothing."""
    for _ in range(chance.choice((1, 1, 3, 10, 40))):
        if not (found := list(_SCALAR.finditer(text))):
            return text + b"\nx: " + _nasty(chance)
        place = chance.choice(found)
        text = _cut(text, *place.span(), _nasty(chance))
    return text


def transplanted(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Values that are right elsewhere."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        here, there = list(_SCALAR.finditer(text)), list(_SCALAR.finditer(chance.choice(list(others) or [text])))
        if here and there:
            text = _cut(text, *chance.choice(here).span(), chance.choice(there)[0])
    return text


def rekeyed(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Keys that are others, given twice, long or none at all."""
    for _ in range(chance.choice((1, 1, 1, 4))):
        found = [each for each in _KEY.finditer(text) if each.end() > each.start()]
        if not found:
            return _nasty(chance) + b": 1\n" + text
        place = chance.choice(found)
        name = chance.choice(found)[0].strip(b" -")
        put = chance.choice(
            (name, _nasty(chance), b'"' + name + b'"', b"? " + name, b"<<", b"[" + name + b"]", b"{a: b}", b"k" * 2000)
        )
        start = place.end() - len(place[2] or place[4])
        text = _cut(text, start, place.end(), put)
    return text


def nested(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Something as deep as nobody writes."""
    deep = chance.choice((3, 10, 48, 49, 50, 51, 60, 1000, 20_000, 200_000))
    opening, closing = chance.choice(((b"[", b"]"), (b"{a: ", b"}"), (b"[{a: ", b"}]"), (b"- ", b""), (b"? ", b"")))
    many = opening * deep + b"x" + (closing * deep if chance.random() < 0.7 else b"")
    match chance.randrange(4):
        case 0:
            return text + b"\nmetadata: " + many + b"\n"
        case 1:
            deep = min(deep, 1500)
            return text + b"\n" + b"".join(b" " * at + b"a:\n" for at in range(deep)) + b" " * deep + b"b: 1\n"
        case 2 if found := list(_SCALAR.finditer(text)):
            return _cut(text, *chance.choice(found).span(), many)
        case _:
            return many


def aliased(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Anchors on what is there, aliases in the place of something else: also of what they stand in."""
    names = (b"a", b"b", "é".encode(), b"*", b"a" * 3000)
    for _ in range(chance.choice((1, 2, 6))):
        name = chance.choice(names)
        if found := list(_SCALAR.finditer(text)):
            place = chance.choice(found)
            text = _cut(text, place.start(), place.start(), b"&" + name + b" ")
        if opens := list(re.finditer(rb"(?m)^ *[\w-]+:(?=\n)", text)):
            place = chance.choice(opens)
            text = _cut(text, place.end(), place.end(), b" &" + chance.choice(names))
        if found := list(_SCALAR.finditer(text)):
            put = chance.choice((b"*" + name, b"{<<: *" + name + b"}", b"{<<: [*" + name + b", *" + name + b"]}"))
            text = _cut(text, *chance.choice(found).span(), put)
    return text


def echoed(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """One value of some length that stands, by its alias, in the place of many."""
    beats = (b"a", b"9", b"a b ", "é".encode(), b"- ", b"1.", b"1,", b"k: ", b"\\u202e", b"sk_live_")
    long = chance.choice(beats) * 100_000
    length = chance.choice((50, 300, 99_000, 99_990, 100_001))
    text_of = long[: length - length % 6]
    values = b"".join(b'  v%d: &v%d "%s%d"\n' % (at, at, text_of, at) for at in range(chance.choice((1, 3, 40))))
    put = [b"*v0"]
    if chance.random() < 0.3:
        put += [b"{*v0 : 1}", b"[*v0]", b"{usd: *v0}", b"{every: *v0, amount: *v0}"]
    parts, at = [], 0
    for place in _SCALAR.finditer(text):
        if chance.random() < 0.8:
            parts += [text[at : place.start()], chance.choice(put)]
            at = place.end()
    whole = b"".join([*parts, text[at:]])
    return b"metadata:\n" + values + (whole if chance.random() < 0.5 else multiplied(chance, whole, others))


def laughing(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """A few lines that mean a million: each repeats the one before, as lists, mappings or merges."""
    levels, width = chance.choice(((3, 3), (8, 9), (30, 2), (60, 2), (9, 30), (400, 2), (2, 20_000)))
    bomb = [b"l0: &l0 {lol: lol}" if chance.random() < 0.7 else b"l0: &l0 lol"]
    for level in range(1, levels):
        before = b"*l%d" % (level - 1)
        match chance.randrange(4):
            case 0:
                what = b"[" + b", ".join([before] * width) + b"]"
            case 1:
                what = b"{" + b", ".join(b"k%d: " % at + before for at in range(width)) + b"}"
            case 2:
                what = b"{<<: [" + b", ".join([before] * width) + b"], m%d: 1}" % level
            case _:
                what = b"{<<: " + before + b", n%d: " % level + before + b"}"
        bomb.append(b"l%d: &l%d " % (level, level) + what)
    whole = b"\n".join(bomb) + b"\n"
    if chance.random() < 0.5:
        return whole + text
    used = b"*l%d" % (levels - 1)
    found = list(_SCALAR.finditer(text))
    return whole + (_cut(text, *chance.choice(found).span(), used) if found else text)


def extended(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Templates that extend each other, in a row or in a circle, and plans that extend them."""
    length = chance.choice((2, 5, 49, 51, 60, 500))
    circle = b"extends: t0" if chance.random() < 0.5 else b"name: x"
    rows = [b"  t%d: {extends: t%d, metadata: {k%d: v}}" % (at, at + 1, at) for at in range(length)]
    whole = b"\n".join([b"templates:", *rows, b"  t%d: {%s}" % (length, circle), b"plans: {zzz: {extends: t0}}", b""])
    return whole if chance.random() < 0.5 else re.sub(rb"extends: \w+", b"extends: t0", text) + whole


def huge(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """More of something than anyone writes: a text, a number, a key, a comment, entries, items, documents."""
    size = chance.choice((1_000, 100_000, 1_000_000, 5_300_000))
    few = min(size, 300_000)
    match chance.randrange(15):
        case 14:
            more = b"x: sk_live_0123456789abcdef\n" * (size // 28)
        case 0:
            more = b"x: " + b"a" * size
        case 1:
            more = b"x: " + b"9" * size
        case 2:
            more = b"k" * size + b": 1"
        case 3:
            more = b"# " + b"c" * size
        case 4:
            more = b"".join(b"k%d: 1\n" % at for at in range(few // 8))
        case 5:
            more = b"x:\n" + b"- 1\n" * (size // 4)
        case 6:
            more = b"---\n" * (size // 4)
        case 7:
            more = b"x: |\n" + b"  a line of text\n" * (size // 17)
        case 8:
            more = b'x: "' + b"\\u202e" * (size // 6) + b'"'
        case 9:
            more = b"\n" * size
        case 10:
            more = b"x: [" + b"1," * (size // 2) + b"]"
        case 11:
            more = b"a: 1\n" * (few // 5)
        case 12:
            more = b"x: &" + b"a" * few + b" 1\ny: *" + b"a" * few
        case _:
            more = b"x: !<" + b"t" * few + b"> 1"
    if chance.random() < 0.4 and (found := list(_SCALAR.finditer(text))):
        return _cut(text, *chance.choice(found).span(), more.partition(b": ")[2] or more)
    return text + b"\n" + more + b"\n"


def multiplied(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """One item many times, under other names: everything is right but for what they have in common."""
    many = chance.choice((2, 2, 20, 300))
    items = list(re.finditer(rb"(?m)^  ([a-z_]+):(?:.*\n)(?:^   .*\n)*", text))
    if not items:
        return text
    item = chance.choice(items)
    copies = [item[0].replace(item[1] + b":", item[1] + b"%d:" % at, 1) for at in range(many)]
    whole = b"".join(copies)[:300_000]
    return _cut(text, item.end(), item.end(), whole)


def recoded(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Another encoding, another end of lines, a byte-order mark."""
    read = text.decode("utf-8", "replace")
    match chance.randrange(9):
        case 0:
            return read.encode(chance.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-8-sig")))
        case 1:
            return read.encode("latin-1", "replace") + b"\xe9\n"
        case 2:
            return text.replace(b"\n", b"\r\n")
        case 3:
            return text.replace(
                b"\n", chance.choice((b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\n\r", b"\x0b", b"\r\r\n"))
            )
        case 4:
            return b"\xef\xbb\xbf" * chance.choice((1, 2)) + text
        case 5:
            at = chance.randrange(len(text) + 1)
            return text[:at] + text[at:].replace(b"\n", b"\r\n")
        case 6:
            return read.replace(" ", chance.choice(("\u00a0", "\u3000", "\t"))).encode("utf-8", "replace")
        case 7:
            return read.encode("cp037", "replace")
        case _:
            return text.replace(b":", chance.choice((b"\xef\xbc\x9a", b" :", b":\t", b"=", b"::"))).replace(
                b"\n\n", b"\n"
            )


def wed(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """Two files in one."""
    other = chance.choice(list(others) or [text])
    match chance.randrange(4):
        case 0:
            return text + other
        case 1:
            return text + b"\n---\n" + other
        case 2:
            return other
        case _:
            ours, theirs = _lines(text), _lines(other)
            return b"".join(ours[: chance.randrange(len(ours) + 1)] + theirs[chance.randrange(len(theirs)) :])


def reshaped(chance: Random, text: bytes, others: Sequence[bytes]) -> bytes:
    """A list where a mapping is meant, a value where a list is, an item inside of itself."""
    lines = _lines(text)
    at = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            lines[at] = re.sub(rb"^(\s*)", rb"\1- ", lines[at], count=1)
        case 1:
            lines[at] = re.sub(rb":(\s.*)?$", b"", lines[at].rstrip(b"\n")) + b"\n"
        case 2:
            lines[at] = re.sub(rb":\s.*", b":", lines[at].rstrip(b"\n")) + b"\n"
        case 3:
            lines[at] = lines[at].replace(b"{", b"[").replace(b"}", b"]")
        case _:
            lines[at] = lines[at].replace(b"[", b"{").replace(b"]", b"}").replace(b": ", b":")
    return b"".join(lines)


MUTATIONS: tuple[Mutation, ...] = (
    flipped, stuffed, truncated, gapped, reordered, indented, revalued, transplanted, rekeyed, nested, aliased,
    echoed, laughing, extended, huge, multiplied, recoded, wed, reshaped,
)  # fmt: skip
_OFTEN: tuple[Mutation, ...] = (revalued,) * 5 + (transplanted,) * 4 + (rekeyed, reordered, reshaped, multiplied)
"""Those after which most of the file still makes sense, so that what comes after the parser is reached."""


def mutant(chance: Random, text: bytes, others: Sequence[bytes]) -> tuple[bytes, str]:
    """A broken file and the names of what was done to it."""
    names: list[str] = []
    for _ in range(chance.choice((1, 1, 1, 1, 2, 2, 3, 5))):
        mutation = chance.choice(MUTATIONS + _OFTEN)
        text = mutation(chance, text, others)[:MOST]
        names.append(mutation.__name__)
    return text, "+".join(names)
