"""What the codes of this provider mean."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "K040": Explanation(
        title="Store without a token",
        meaning="The environment file does not name the variable that holds the store's access token.",
        mend="Add `token_env` to the store, with the name of an environment variable.",
        example="stores:\n  main:\n    hash: 8x2kq1v0aa\n    token_env: BIGCOMMERCE_TOKEN",
    ),
    "K041": Explanation(
        title="Malformed store token",
        meaning="An access token is one word of letters and digits; the variable holds something else.",
        mend="Copy the token from the API account once more. It is shown once; make another account if it is lost.",
    ),
    "K042": Explanation(
        title="Token of another store",
        meaning=(
            "The token was not accepted for the store hash of the environment file, was deleted, or belongs to "
            "another store. Nothing was read or written."
        ),
        mend="Check the hash (it is in the store's API path) and the variable that `token_env` names.",
    ),
    "K043": Explanation(
        title="Token of another API account",
        meaning=(
            "Hooks, scripts and metafields can be seen and changed only by the API account that made them. With "
            "another account Billform would not find its own marks and would make everything a second time."
        ),
        mend="Use a token of the account whose client id stands in the environment file.",
    ),
    "K044": Explanation(
        title="Token without a scope",
        meaning="The API account may not read a part of the store that Billform manages.",
        mend=(
            "Make another API account with the scope, and use its token; scopes of an account cannot be changed. "
            "Needed are Products, Customers, Information & Settings, Content, Checkout Content, and Channel "
            "Settings; of Information & Settings and Channel Settings reading is enough."
        ),
    ),
    "K045": Explanation(
        title="Price in another currency than the store's",
        meaning="Products and variants are priced in the store's own currency; the amount would be read as such.",
        mend=(
            "Give one storefront of the store its currency, and use a price list for the others. Where storefronts "
            "sell in several, products are priced in `defaults.currency` of the catalog: make the two the same."
        ),
    ),
    "K046": Explanation(
        title="A header cannot have this value",
        meaning="The environment variable that a webhook's header names holds line breaks or other control characters, "
        "which no header can carry. One line break at the end, which files and editors like to add, is left out.",
        mend="Put the bare value into the variable.",
    ),
    "K047": Explanation(
        title="Several channels of one name",
        meaning=(
            "A storefront of the environment file names its channel, and more than one channel of the store has that "
            "name: what is to be sold on one of them might be sold on the other, or nowhere. Archived channels do not "
            "count, and neither do switched-off ones where another is in use. Nothing was written."
        ),
        mend="Rename all but one of the channels at BigCommerce, or archive those that no longer sell.",
    ),
    "K048": Explanation(
        title="Product with an option of somebody else's",
        meaning=(
            "A variant needs a value of every option of its product. This product has an option that Billform did not "
            "make, or a second one beside Billform's: variants with a value of one alone could not be bought. The "
            "product's options and variants are left as they are."
        ),
        mend="Take the option off the product at BigCommerce, or give the product of the catalog another name and SKU.",
    ),
    "K050": Explanation(
        title="Price list in the place of somebody else's",
        meaning=(
            "A customer group on a channel gets the prices of one list. Here that is a list that this catalog did not "
            "make; the store would drop that assignment for the new one, and shoppers pay other prices. It is left."
        ),
        mend="Take the other list off the group or channel at BigCommerce first, if this one is to be there.",
    ),
    "K051": Explanation(
        title="Label of somebody else's variant",
        meaning=(
            "Customers choose between the variants of a product by their labels, so that no two can have the same. The "
            "one that has it was not made for this catalog, and is left as it is."
        ),
        mend="Give the price another `label` under `storefront: variants:`, or the other variant one at BigCommerce.",
    ),
}
