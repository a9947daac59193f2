"""Codes of what vendors say and do: V0xx."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "V001": Explanation(
        title="The vendor could not be reached",
        meaning="No connection could be made, no answer came in time, or the answer was cut off in the middle, for as "
        "long as Billform was willing to try. Nothing is concluded from an answer that did not come: no object counts "
        "as absent because of it.",
        mend="Check the network and the vendor's status page, and run the same command again.",
    ),
    "V002": Explanation(
        title="The vendor's certificate was not accepted",
        meaning="The TLS handshake failed, so nothing was sent, the key included. Usually a company proxy opens the "
        "traffic, or the machine's clock or its certificate authorities are out of date.",
        mend="Set the clock; where a proxy is meant to be there, name its authority with SSL_CERT_FILE. Billform has "
        "no switch that turns the check off.",
    ),
    "V003": Explanation(
        title="Too many requests",
        meaning="The vendor kept answering 429 although Billform had slowed down. Other software may be using up the "
        "account's or the store's share.",
        mend="Run the same command again in a while; what is done is not done twice.",
    ),
    "V004": Explanation(
        title="The vendor failed",
        meaning="The vendor answered with a server error, again and again.",
        mend="Look at the vendor's status page and run the same command again.",
    ),
    "V005": Explanation(
        title="What answered is not the vendor",
        meaning="An answer was no JSON but, for instance, an HTML page: a proxy, a login page of the network, or a "
        "wrong base URL. Nothing is concluded from it.",
        mend="Check the base URL and whether the network asks for a login.",
    ),
    "V006": Explanation(
        title="The vendor did not accept the key",
        meaning="The vendor answered 401: the key or token is misspelled, expired, revoked, or of another store.",
        mend="Put a key that is in force into the environment variable that the environment file names.",
    ),
    "V007": Explanation(
        title="The key may not do this",
        meaning="The vendor answered 403: a restricted key lacks a permission, or an API account a scope.",
        mend="Grant what the message names. `docs/environments.md` lists what is needed, under Keys.",
    ),
    "V008": Explanation(
        title="The object is gone",
        meaning="The vendor does not know an object that was there when the plan was made.",
        mend="Make the plan again.",
    ),
    "V009": Explanation(
        title="Somebody else is changing the object",
        meaning="The vendor answered that the object is locked or the request collides with another one.",
        mend="Run the same command again; if it stays so, find out who else writes to this account.",
    ),
    "V010": Explanation(
        title="The vendor refused",
        meaning="The vendor does not accept what was sent; its own words say why. Other changes went on.",
        mend="Change what it names in the catalog. If `billform validate` could have known, that is worth a report.",
    ),
    "V011": Explanation(
        title="The answer to a write was lost",
        meaning="A write was sent and no usable answer came back, so that it may have happened or not. It is not sent "
        "again blindly, because that could make an object twice.",
        mend="Run the same command again: it reads what is there before it does anything.",
    ),
    "V012": Explanation(
        title="Keys are not sent in clear text",
        meaning="The base URL is not https, and not this machine's own loopback address either.",
        mend="Use the vendor's https URL; plain http is only for a simulator on this machine.",
    ),
}
