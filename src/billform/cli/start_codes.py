"""Codes of the command line itself."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "X001": Explanation(
        title="Billform stumbled over itself",
        meaning="Something happened that no part of Billform was prepared for. Your files are not to blame. An `apply` "
        "that ends so has written only what it says it has written; the next plan shows what is left.",
        mend="Run the same command with `--debug` and report what it prints; secrets are masked in it. "
        "`billform plan` is always safe to run.",
    ),
    "X002": Explanation(
        title="Output cannot be written",
        meaning="What was asked for could not be written to standard output, for instance because the disk it goes to "
        "is full.",
        mend="Make room, or send the output somewhere else. A reader that merely stops reading, such as `head`, is "
        "not a problem and not reported.",
    ),
    "X003": Explanation(
        title="The system refused",
        meaning="A file could not be read or written, for instance because a disk is full or a directory may not be "
        "written to. What was written at the vendors before that stands, and the next plan knows it.",
        mend="Make room, or see to the permissions of the file named, and run the same command again.",
    ),
    "X004": Explanation(
        title="There is no such code",
        meaning="`billform explain` was asked for a code that no message carries.",
        mend="Run `billform explain` without a code to see them all.",
    ),
    "X005": Explanation(
        title="A generated file is not fresh",
        meaning="A JSON Schema is not as the models of this version would write it, so that editors would complete "
        "words that are refused, or refuse words that are right.",
        mend="Run `billform schema` and commit what it writes.",
    ),
}
