"""Codes of Stripe keys and accounts (K0xx), and of what Stripe cannot hold (V05x)."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "K001": Explanation(
        title="There is no Stripe key",
        meaning="The environment file names no variable for the key, or the variable is not set. Keys never stand in "
        "files that are shared.",
        mend="Name the variable with `api_key_env:` under `stripe:`, and set it where billform runs.",
        example="stripe:\n  account: acct_1NvXLq2eZvKYlo2C\n  api_key_env: STRIPE_API_KEY\n",
    ),
    "K002": Explanation(
        title="This is not a Stripe API key",
        meaning="Secret keys open with sk_test_ or sk_live_, restricted ones with rk_test_ or rk_live_. Publishable "
        "keys (pk_) are for browsers, and keys of an organisation (sk_org_) name no account.",
        mend="Copy the key of the account from the Dashboard, whole and without quotes.",
    ),
    "K003": Explanation(
        title="The key is of the other mode",
        meaning="Test keys and live keys open two separate sets of objects. A live key in a test environment would "
        "change real prices; so nothing is read with it.",
        mend="Put a key of the environment's mode into the variable, or correct `mode:` in the environment file.",
    ),
    "K004": Explanation(
        title="The key is of another account",
        meaning="The key works, but not for the account that the environment file names.",
        mend="Use a key of that account, or correct `account:` under `stripe:`.",
    ),
    "K005": Explanation(
        title="The key may not tell its account",
        meaning="A restricted key without read access to the account cannot be told from the key of another account.",
        mend="Give the key read access to the account. `docs/environments.md` lists what is needed, under Keys.",
    ),
    "K006": Explanation(
        title="Stripe does not accept the key",
        meaning="The key has the shape of one, but Stripe does not know it: it was revoked, has expired, or lost a "
        "character on its way.",
        mend="Make a new key in the Dashboard, and put it into the variable.",
    ),
    "K009": Explanation(
        title="No simulator is running",
        meaning="The environment's mode is `simulated`, and the part of Billform that was called does not start the "
        "simulator by itself.",
        mend="Run it through the `billform` command, or set BILLFORM_STRIPE_URL to a running simulator's URL.",
    ),
    "K020": Explanation(
        title="A coupon would apply to everything",
        meaning="The coupon is limited to plans or add-ons that are not sold in Stripe here, so that no product is "
        "left. Stripe reads a coupon without products as one for every product.",
        mend="Name plans or add-ons that have prices, or take the coupon out of this environment.",
    ),
    "V051": Explanation(
        title="Too much to write down",
        meaning="Billform notes on each object which fields the catalog declares. The names of this object's metadata "
        "keys, or of the currencies of a price, are together longer than the room that Stripe leaves for it.",
        mend="Use fewer or shorter metadata keys. A price in dozens of currencies becomes one for each with "
        "`separate_currencies: true`.",
    ),
}
