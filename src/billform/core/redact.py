"""Finds what is or looks like a secret in a text, so that no message, log or source line repeats it.

What is certain (`find`) is refused in files; what is likely is left out of what people are shown, wherever it stands.
Secrets are the process' own, which has them in its environment: so is the knowledge of them, and every layer hides them
before it cuts or escapes a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

MASK = "••••••"
REFERENCE = "env:"
"""Opens a text that stands for a secret and is none: the name of the environment variable that holds it."""

# https://docs.stripe.com/keys: secret (sk), restricted (rk), organisation (sk_org) and ephemeral (ek) keys, and the
# signing secrets of webhook endpoints. Publishable keys (pk) are public. BigCommerce tokens have no prefix: they are
# known by the header they travel in, and by standing, random as they are, where the name of a variable belongs.
_SHAPES = re.compile(
    r"(?P<prefix>\b(?:(?:sk|rk|ek)_(?:live|test|org)_|whsec_))(?P<secret>[A-Za-z0-9+/=_-]{6,})"
    r"|(?P<header>(?:x-auth-token[\"']?\s*[:=]|authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic)\s)\s*[\"']?"
    r"(?!env:|[\"'\s]))(?P<token>[^\s\"',}]{8,})"
    r"|(?P<name>(?:_env[\"']?:\s*|\benv:\s*)[\"']?)(?P<literal>[A-Za-z0-9]{20,})(?![A-Za-z0-9_-])",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"(?:sk|rk|ek)_(?:live|test|org)_|whsec_", re.IGNORECASE)
_CLUES = ("k_live_", "k_test_", "k_org_", "whsec_", "x-auth-token", "authorization", "_env", "env:")
"""One of these is in every text that `_SHAPES` fits; to look for them takes a tenth of the time."""
# Whatever may repeat is bounded: a hostile line has millions of characters, and none may be looked at again and again.
_KEYS = r"secret|token|passw(?:or)?d|passphrase|(?:api|private)[-_]?key|authorization|credential|signature|auth(?!or)"
_IN_URL = re.compile(
    r"(?P<user>://[^\s/@:]{0,80}:)(?P<password>[^\s/@]{1,300})(?=@)"
    rf"|(?P<query>[?&][\w.-]{{0,40}}(?:{_KEYS})[\w.-]{{0,40}}=)(?P<value>[^\s&#\"'}}]{{4,}})"
    r"|(?P<key>[?&]key=)(?P<word>[^\s&#\"'}.]{8,})(?=[\s&#\"'}]|$)",
    re.IGNORECASE,
)
_ENTRY = re.compile(
    rf"(?<![\w.-])(?P<key>[\w.-]{{0,80}}?(?:{_KEYS})(?!\w{{0,80}}_env\b)[\w.-]{{0,80}}[\"']?\s*:\s+)"
    r"(?!env:|null\b|~|[\[{&*!|>#])(?P<value>\"(?:[^\"\\]|\\.)*\"?|'[^']*'?|[^,}\]\n]+)",
    re.IGNORECASE,
)
_OPEN_ENTRY = re.compile(rf"(?:{_KEYS})[\w.-]{{0,80}}[\"']?\s*:\s*(?:[|>][-+0-9]*\s*)?$", re.IGNORECASE)
_WORD = re.compile(r"(?<![A-Za-z0-9_])(?<!client_id: )[A-Za-z0-9]{20,}(?![A-Za-z0-9_])")
_TURN = re.compile(r"[A-Za-z][0-9]|[0-9](?=[A-Za-z])")
_TURNS = 4
"""Chance goes from letters to digits and back more often than people do, who write `enterprise2027annual`."""


_known: list[str] = []
_forms: list[str] = []


def know(secrets: Iterable[str]) -> None:
    """From now on these very texts are secrets, whatever they look like; those known before are forgotten."""
    _known[:] = sorted({each for each in secrets if each.strip()})
    _forms.clear()


def find(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of everything in `text` that is a secret beyond doubt, its prefix included."""
    shapes = ((each.start(0 if each["prefix"] else each.lastgroup or 0), each.end()) for each in _shapes(text))
    at = 0
    for start, end in sorted((*_places(text), *shapes), key=lambda each: (each[0], -each[1])):
        if start >= at:
            yield start, end
            at = end


def redact(text: str) -> str:
    """The text with every secret replaced by dots; the prefix stays, so that people know which one is meant.

    Beside what `find` finds, these are passwords and keys inside of a URL.
    """
    return _replaced(text, [*_spans(text)])


def cautious(text: str) -> str:
    """The same for a text that quotes a file, where a token may stand anywhere: without words that chance has made."""
    return _replaced(text, [*_spans(text), *_random(text)])


def mask(line: str, *, above: str = "") -> str:
    """A source line without anything that may be a secret: what `cautious` leaves out, and what the key says is one.

    It is as long as before, so that columns keep their meaning; `above` is the line before it, which may be the key's.
    """
    spans = [*_spans(line), *_random(line), *_entries(line)]
    if _OPEN_ENTRY.search(above[-200:]):
        spans.append((len(line) - len(line.lstrip()), len(line)))
    return _replaced(line, spans, dots=lambda length: MASK[0] * length)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where a known secret stands, in whatever form."""
    if _known and not _forms:
        # The longest first: one may open with another.
        _forms[:] = sorted({form for each in _known for form in _written(each)}, key=lambda each: (-len(each), each))
    for form in _forms:
        at = text.find(form)
        while at >= 0:
            yield at, at + len(form)
            at = text.find(form, at + len(form))


def _written(secret: str) -> Iterator[str]:
    """A secret as it may stand in a text: plain, without blanks around it, in a URL, as JSON and Python write it."""
    import json  # only where there is a secret to hide; keeps the start quick
    from urllib.parse import quote, quote_plus

    for each in (secret, secret.strip()):
        yield from (each, quote(each), quote(each, safe=""), quote_plus(each), json.dumps(each)[1:-1], repr(each)[1:-1])
        yield json.dumps(each, ensure_ascii=False)[1:-1]


def _shapes(text: str) -> Iterator[re.Match[str]]:
    folded = text.lower()
    if any(clue in folded for clue in _CLUES):
        yield from (each for each in _SHAPES.finditer(text) if each["literal"] is None or _is_random(each["literal"]))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """What is to be hidden of a text: the secrets without their prefixes."""
    for start, end in _places(text):
        prefix = _PREFIX.match(text, start, end)
        yield prefix.end() if prefix else start, end
    for match in _shapes(text):
        yield match.span("secret") if match["prefix"] else match.span(match.lastgroup or 0)
    if "://" in text or "?" in text:
        for match in _IN_URL.finditer(text):
            yield match.span(match.lastgroup or 0)


def _entries(line: str) -> Iterator[tuple[int, int]]:
    """Values of keys that are called after secrets; in a line without brackets, they reach to its end."""
    bracket = re.search(r"[\[{]|$", line)
    for match in _ENTRY.finditer(line):
        start, end = match.span("value")
        is_open = line[start] not in "\"'" and (bracket is None or start < bracket.start())
        shape = _SHAPES.match(line, start)
        # Of a key the prefix stays, so that people know which one is meant.
        yield shape.start("secret") if shape and shape["prefix"] else start, len(line) if is_open else end


def _random(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _WORD.finditer(text) if _is_random(match[0]))


def _is_random(word: str) -> bool:
    return len(_TURN.findall(word)) >= _TURNS


def _replaced(text: str, spans: list[tuple[int, int]], dots: Callable[[int], str] = lambda length: MASK) -> str:
    """The text with dots in the place of each span; they may overlap."""
    if not spans:
        return text
    parts, at = [], 0
    for start, end in _merged(spans):
        parts += [text[at:start], dots(end - start)]
        at = end
    return "".join([*parts, text[at:]])


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    first, last = -1, -1
    for start, end in sorted(spans):
        if start >= last:
            if last > first:
                yield first, last
            first = start
        last = max(last, end)
    if last > first:
        yield first, last
