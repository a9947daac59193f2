"""Stripe's own package, speaking through our transport; importing it takes time, so it is imported on first use."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from billform.providers.http import Transport, stripe_endpoint

if TYPE_CHECKING:
    import stripe

VERSION = "2026-10-28.endive"
"""The API version that every reader here was written against; it is sent with every request."""


def stripe_client(key: str, transport: Transport) -> stripe.StripeClient:
    """A client of the stripe package that sends everything through `transport`, and tells Stripe nothing about us."""
    with contextlib.redirect_stderr(io.StringIO()):
        # In some terminals the package greets with a line on stderr, which belongs to diagnostics here.
        import stripe
    # Before the first request: it would write an id into the user's home directory and send it along.
    stripe.enable_telemetry = False
    # The package logs whole answers, to stderr where STRIPE_LOG asks for it, and the answer to a new webhook endpoint
    # holds its secret. `billform --debug` shows every request without.
    logging.getLogger("stripe").setLevel(logging.WARNING)
    stripe.log = None
    stripe._util.STRIPE_LOG = None

    class ThroughTransport(stripe.HTTPClient):
        """Retries, limits and failures are the transport's."""

        name = "billform"

        async def request_async(
            self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
        ) -> tuple[bytes, int, Mapping[str, str]]:
            """Sends it; raises VendorError where Stripe refuses or cannot be reached."""
            verb = method.upper()
            path = urlsplit(url).path
            response = await transport.send(
                verb,
                url,
                endpoint=stripe_endpoint(verb, path),
                write=verb != "GET",
                # Every POST of ours carries an idempotency key; the other methods have none and need none.
                idempotent=True,
                headers=headers,
                content=post_data or None,
            )
            # Lower-case names only: the package looks for some headers under their own spelling, to print notices.
            return response.body, response.status, response.headers

        async def close_async(self) -> None:
            await transport.aclose()

    addresses = dict.fromkeys(("api", "files", "connect", "meter_events"), transport.base_url)
    return stripe.StripeClient(
        key,
        stripe_version=VERSION,
        base_addresses=addresses,  # type: ignore[arg-type]  # a dict of exactly these four names
        max_network_retries=0,
        http_client=ThroughTransport(),
    )
