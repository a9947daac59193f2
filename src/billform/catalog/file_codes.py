"""Codes of files, of YAML, and of the shape of what is written."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "C001": Explanation(
        title="A file or directory cannot be read",
        meaning="The catalog's directory is not there or holds no YAML file; or a file in it may not be read, or is "
        "not a regular file. A file that is not read could hold anything, so nothing is planned without it.",
        mend="Run billform where the directory is, or name it with `--catalog DIR`; see to the file's permissions.",
    ),
    "C002": Explanation(
        title="A file is too large",
        meaning="A file of more than 5 MB is not read at all: nobody wrote it by hand, and reading it could take all "
        "memory.",
        mend="Split it by meaning, one plan per file; or take it out of the catalog's directory if it is something "
        "else.",
    ),
    "C003": Explanation(
        title="A file is not UTF-8",
        meaning="Catalog files are text in UTF-8. A byte that is not part of it would become a wrong letter in the "
        "name of something customers pay for.",
        mend="Save the file as UTF-8; every editor offers it when saving. For UTF-16, which some Windows programs "
        "write: `iconv -f UTF-16 -t UTF-8 FILE`.",
    ),
    "C004": Explanation(
        title="Invisible characters",
        meaning="A control character, a NUL, a line separator or a byte-order mark stands in the file. No editor shows "
        "them, and they end up in names, codes and keys. A byte-order mark at the very beginning is skipped.",
        mend="Delete it. Where such a character is meant, write it as an escape in double quotes.",
        example='name: "Nimbus\\u00a0Cloud"',
    ),
    "C005": Explanation(
        title="A file is not YAML",
        meaning="The YAML cannot be read from here on: the indentation does not line up, a quote or bracket is not "
        "closed, a value begins with a character that YAML keeps for itself, an alias has no anchor, or a tag is used.",
        mend="Look at the line that is shown and at the one before it. A text that holds `: ` or ` #`, or that begins "
        "with one of `@ ` ` % & * ! | > [ ] { } , ? -`, belongs in quotes.",
        example='description: "Everything in Pro: and more"',
    ),
    "C006": Explanation(
        title="A tab is used to indent",
        meaning="YAML indents with spaces only, because a tab is not equally wide everywhere.",
        mend="Replace tabs by two spaces; most editors do it by themselves for files that end in `.yaml`.",
    ),
    "C007": Explanation(
        title="A file is empty",
        meaning="The file holds nothing, or only comments. That is seldom meant: what it held would be archived.",
        mend="Delete the file if its contents are to go; otherwise put them back.",
    ),
    "C008": Explanation(
        title="A file does not hold one mapping",
        meaning="Every file holds one mapping of sections: not a list, not a single value, and not several documents "
        "with `---` between them.",
        mend="Begin with a section and indent what belongs to it; put a second document into a file of its own.",
        example="plans:\n  pro:\n    name: Pro",
    ),
    "C009": Explanation(
        title="A secret stands in a file",
        meaning="A Stripe key, a webhook's signing secret or an access token is written out. Catalog files are shared, "
        "reviewed and kept for ever; a secret in them is known to everyone who ever reads them. It is never printed.",
        mend="Replace the secret at the vendor, for it is no longer one. Keep the new one in an environment variable, "
        "and write the variable's name: in an environment as `api_key_env` or `token_env`, elsewhere as `env:NAME`.",
        example="headers:\n  X-Hook-Token: env:HOOK_TOKEN",
    ),
    "C010": Explanation(
        title="A key is given twice",
        meaning="One mapping holds the same key twice. YAML readers disagree about which one counts, so neither does.",
        mend="Keep one of the two. To take in several mappings, write `<<` once with a list.",
        example="<<: [*defaults, *limits]",
    ),
    "C011": Explanation(
        title="Two files say the same",
        meaning="All files of the catalog are read as one. Sections may be spread over files, one item may not: it "
        "would depend on the files' names which of the two counts.",
        mend="Keep one of the two, or give one another key. To share words between plans, use a template.",
        example="templates:\n  paid: {trial_days: 14}\nplans:\n  pro: {extends: paid}",
    ),
    "C012": Explanation(
        title="A template is not defined",
        meaning="`extends` names a template that does not stand under `templates:` in any file.",
        mend="Correct the name; or move what the plans share under `templates:`. Plans do not extend plans.",
        example="templates:\n  paid: {trial_days: 14}",
    ),
    "C013": Explanation(
        title="An unknown word",
        meaning="This word means nothing here. It is refused rather than passed over, because a misspelled word "
        "would leave a plan without what its author believes it has.",
        mend="Take the word that is offered; `docs/catalog` and the completion of your editor know them all. Your own "
        "facts belong under `metadata`.",
        example="plans:\n  pro:\n    trial_days: 14   # not `trialdays`",
    ),
    "C014": Explanation(
        title="A value of the wrong sort",
        meaning="The word is known, but its value is of another sort, too long, too short or outside of its range. "
        "`no`, `on`, `12:30`, `010` and dates are text in these files; only `true` and `false` are yes and no. "
        "A word without a value says nothing, and `null` only takes away what a template says or, in an environment, "
        "what the catalog says; anywhere else they are refused, for what was meant would silently go unsaid.",
        mend="Write the value as the message asks. A number that is meant as text belongs in quotes.",
        example='name: "365"\nactive: false',
    ),
    "C015": Explanation(
        title="A word is missing",
        meaning="Something cannot be without this word: a promotion code without a coupon, a webhook without a URL, a "
        "catalog without its name.",
        mend="Add it; the hint says what it stands for. In a template it may be left out, in what extends it not.",
    ),
    "C016": Explanation(
        title="An amount is not written as one",
        meaning="Amounts are written in major units, as digits with at most one point: `49`, `49.00`, `0.0004`. "
        "Separators, exponents, leading zeros, currency signs and negative amounts are refused, because readers "
        "disagree about them, and more than 12 decimals because nothing can bill them.",
        mend="Write the digits alone; the currency is a key of its own.",
        example="amount: {usd: 4900.50, jpy: 690000}",
    ),
    "C017": Explanation(
        title="More than can be read",
        meaning="The file nests deeper than 50 levels, more than 50 templates extend one another, one value has more "
        "than 100,000 characters, or it comes to more than 100,000 keys and values once aliases are written out. "
        "Aliases that repeat what already repeats something grow beyond all bounds within a few lines.",
        mend="Split the file; repeat less. An alias may not stand inside of what it repeats.",
    ),
    "C018": Explanation(
        title="Templates extend each other in a circle",
        meaning="A template extends itself, directly or by way of others, so that none of them comes first.",
        mend="Take one `extends` out of the circle.",
    ),
    "C019": Explanation(
        title="A symlink that cannot be followed",
        meaning="It leads back to itself or to a directory it stands in, to nowhere, or out of the catalog's "
        "directory. What is sold is what stands in the directory, where it can be reviewed.",
        mend="Delete the link, or copy what it points to into the directory.",
    ),
}
