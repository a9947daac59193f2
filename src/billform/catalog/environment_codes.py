"""Codes of environments."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "E001": Explanation(
        title="There is no such environment",
        meaning="An environment is a file: `billform plan test` reads `environments/test.yaml`.",
        mend="Take one of those that are listed, or write the file.",
    ),
    "E002": Explanation(
        title="There is no directory of environments",
        meaning="Environments are looked for in `environments/`, below the directory that billform runs in.",
        mend="Run billform where the directory is, or name it with `--environments DIR`.",
    ),
    "E003": Explanation(
        title="Laid over something that is not there",
        meaning="An environment's `catalog:` changes what the catalog has, or takes it away with `null`. It names "
        "something that the catalog does not have, so that the change would go nowhere.",
        mend="Correct the name, or describe the thing in the catalog and change it here.",
        example="catalog:\n  webhooks:\n    stripe:\n      billing: {url: https://staging.example.com/stripe}",
    ),
    "E004": Explanation(
        title="An account is not named",
        meaning="A key alone does not say whose money is at stake. In `test` and `live`, the environment names the "
        "Stripe account and the variables that hold keys; a key of another account then stops everything.",
        mend="Add what is missing. The account's id stands in the Stripe Dashboard's settings.",
        example="stripe:\n  account: acct_1NvXLq2eZvKYlo2C\n  api_key_env: STRIPE_API_KEY",
    ),
    "E005": Explanation(
        title="A storefront names an unknown store",
        meaning="`store` is the name of one of the environment's `stores`.",
        mend="Correct the name, or describe the store.",
        example="stores:\n  main: {hash: 8x2kq1v0aa, token_env: BIGCOMMERCE_TOKEN}",
    ),
    "E006": Explanation(
        title="An environment variable is not set",
        meaning="A text such as `env:HOOK_TOKEN` stands for an environment variable, which is empty or not set here.",
        mend="Set it where the command runs, a plan included: what a store holds cannot be "
        "recognised without it. In continuous integration, as a secret of the job.",
        example="export HOOK_TOKEN=…",
    ),
    "E007": Explanation(
        title="A name that no environment can have",
        meaning="Names are lower-case letters, digits, `-` and `_`, a letter first; and one name is one file, not "
        "`test.yaml` beside `test.yml`.",
        mend="Rename the file, or delete one of the two.",
    ),
    "E008": Explanation(
        title="Two names for one thing",
        meaning="Two storefronts are the same channel of the same store, or two stores have one store hash. Each "
        "would undo what the other asks for.",
        mend="Keep one of the two.",
    ),
    "E009": Explanation(
        title="Two places for secrets",
        meaning="A secret that a vendor shows once goes to one place: a file, or a command.",
        mend="Keep one of the two.",
        example="secrets:\n  file: .billform/secrets/production.env",
    ),
    "E010": Explanation(
        title="Nothing is protected",
        meaning="An entry of `protected` fits no address that there can be: its kind is misspelled, or it leaves out "
        "the store, which the addresses of everything in a store name. What it was to protect would not be.",
        mend="Write it as a plan shows addresses; `*` stands for anything. `docs/kinds.md` lists the kinds.",
        example='guardrails:\n  protected: ["stripe.product/*", "bigcommerce.product/main/*"]',
    ),
}
