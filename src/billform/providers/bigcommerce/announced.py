"""What Billform writes down before it makes objects: a run that stops in between is recognised by it, and nobody else.

One metafield says it of everything that a run makes of one kind. The last of the marks takes its place, so that nothing
is left of it; until then it proves whose the unmarked ones are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from billform.providers.bigcommerce.notes import PREFIX, Record, sealed
from billform.providers.bigcommerce.wire import age

_NEW = ".new."
MOST = 1_500
"""Objects that one metafield says it of: a value takes 65535 characters."""

Place = tuple[str, str]
"""Catalog, and the key of a metafield."""
Named = tuple[str, str, str]
"""Catalog, kind, and the key in the address."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """That objects are about to be made."""

    metafield: int
    """Its number; 0 before it is there."""
    catalog: str
    kind: str
    key: str
    """Of the metafield: `product.new.1`."""
    after: int
    """The greatest id of the kind before: what has no greater one was there already and is somebody else's."""
    names: Mapping[str, str]
    """Digest of the key of each in the catalog, by the digest of what it is called at the store."""

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.catalog, self.key

    def covers(self, natural: frozenset[str], number: int) -> str | None:
        """Which of them an unmarked object can be; None where it is none of them."""
        if number <= self.after or not natural:
            return None
        return self.names.get(_called(natural))


@dataclass(slots=True)
class Announced:
    """The announcements of one store, and what is known of them beyond what they say."""

    notes: dict[Place, Announcement] = field(default_factory=dict)
    _open: dict[Place, set[str]] = field(default_factory=dict)
    """Of each, what has no mark yet."""
    _settled: dict[Place, set[str]] = field(default_factory=dict)
    """Of each, what was refused, or never made. No metafield says so, and it must not be forgotten with them."""
    _ours: dict[Named, int] = field(default_factory=dict)
    """What was announced over this connection: the greatest id before."""
    _mine: set[Place] = field(default_factory=set)
    """The announcements that say so; what they hold may still be made."""

    def load(self, rows: Iterable[Mapping[str, Any]], marks: Iterable[Record]) -> None:
        """Takes them anew from the metafields of the store."""
        self.notes = {each.place: each for row in rows if (each := read(row)) is not None}
        self._open = {
            place: set(each.names.values()) - self._settled.get(place, set()) for place, each in self.notes.items()
        }
        if self.notes:
            for record in marks:
                # A mark of the same address that is older is of an object that was deleted by hand.
                self._close((record.mark.catalog, record.kind, record.mark.key), age(record.id))

    def open(self, catalog: str, kind: str) -> list[Announcement]:
        """What a catalog was about to make of a kind, and has not marked since."""
        return [
            replace(each, names={called: key for called, key in each.names.items() if key in self._open[each.place]})
            for each in self._all(catalog, kind)
            if self._open[each.place]
        ]

    def before(self, named: Named) -> int | None:
        """The greatest id before an object was announced over this connection; None where it was not."""
        return self._ours.get(named)

    def worded(self, wanted: Mapping[Named, frozenset[str]], after: int) -> list[Announcement]:
        """Announcements of objects of one kind and catalog, by natural keys; in the place of those done with."""
        ((catalog, kind),) = {named[:2] for named in wanted}
        there = self._all(catalog, kind)
        free = iter([each.key for each in there if not self._open[each.place]])
        taken = {each.key for each in there}
        keys = (key for number in count(1) if (key := f"{kind}{_NEW}{number}") not in taken)
        worded, entries = [], list(wanted.items())
        for start in range(0, len(entries), MOST):
            key = next(free, None) or next(keys)
            names = {_called(natural): sealed(named[2]) for named, natural in entries[start : start + MOST]}
            worded.append(Announcement(0, catalog, kind, key, after, names))
            self._mine.add((catalog, key))
            self._settled.pop((catalog, key), None)
        return worded

    def made(self, row: Mapping[str, Any]) -> None:
        """The store has one of them."""
        note = read(row)
        assert note is not None, "the store answers what was written"
        self.notes[note.place], self._open[note.place] = note, set(note.names.values())

    def heard(self, wanted: Iterable[Named], after: int) -> None:
        """All of these are written down."""
        self._ours.update(dict.fromkeys(wanted, after))

    def marked(self, named: Named, identity: str, metafield: int) -> None:
        """An object has its mark, perhaps in the place of the announcement."""
        for place, each in list(self.notes.items()):
            if each.metafield == metafield:
                self._drop(place)
        self._close(named, age(identity))
        self._ours.pop(named, None)

    def refused(self, named: Named) -> None:
        """The store does not make it."""
        self._ours.pop(named, None)
        self._settle(named[:2], sealed(named[2]))

    def never_made(self, catalog: str, kind: str, there: frozenset[str]) -> None:
        """Of what earlier runs announced, nothing but these (digests of keys) was found when all were read."""
        for each in self.open(catalog, kind):
            for key in set(each.names.values()) - there if each.place not in self._mine else ():
                self._settle((catalog, kind), key)

    def spare(self, catalog: str) -> list[Announcement]:
        """Announcements that nothing is waited for."""
        return [each for place, each in self.notes.items() if place[0] == catalog and not self._open[place]]

    def last(self, named: Named) -> Announcement | None:
        """The announcement that waits for this object alone."""
        return next((each for each in self._of(named) if len(self._open[each.place]) == 1), None)

    def closing(self, wanted: Iterable[Named]) -> set[Named]:
        """Of objects that are to be marked, those to be marked last: until then others need the announcement."""
        wanted = list(wanted)
        waiting = Counter(each.place for named in wanted for each in self._of(named))
        last = {each.place: named for named in wanted for each in self._of(named)}
        return {last[place] for place, number in waiting.items() if number == len(self._open[place])}

    def dropped(self, note: Announcement) -> None:
        """It is not at the store any more."""
        self._drop(note.place)

    def _all(self, catalog: str, kind: str) -> list[Announcement]:
        return [each for each in self.notes.values() if (each.catalog, each.kind) == (catalog, kind)]

    def _of(self, named: Named) -> list[Announcement]:
        key = sealed(named[2]) if self.notes else ""
        return [each for each in self._all(*named[:2]) if key in self._open[each.place]]

    def _close(self, named: Named, number: int) -> None:
        for each in self._of(named):
            if number > each.after:
                self._open[each.place].discard(sealed(named[2]))

    def _settle(self, whose: tuple[str, str], key: str) -> None:
        for each in self._all(*whose):
            if key in self._open[each.place]:
                self._open[each.place].discard(key)
                self._settled.setdefault(each.place, set()).add(key)

    def _drop(self, place: Place) -> None:
        del self.notes[place], self._open[place]
        self._settled.pop(place, None)
        self._mine.discard(place)


def value(note: Announcement) -> str:
    """What the metafield holds."""
    return json.dumps({"after": note.after, "new": note.names})


def read(row: Mapping[str, Any]) -> Announcement | None:
    """The announcement that a store metafield holds, or None where it holds something else."""
    space, key = str(row["namespace"]), str(row["key"])
    kind, new, number = key.partition(_NEW)
    if not (new and number.isdecimal() and space.startswith(PREFIX)):
        return None
    try:
        said = json.loads(str(row["value"]))
        names = {str(name): str(each) for name, each in said["new"].items()}
        return Announcement(int(row["id"]), space.removeprefix(PREFIX), kind, key, int(said["after"]), names)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _called(natural: frozenset[str]) -> str:
    return sealed("\n".join(sorted(natural)))
