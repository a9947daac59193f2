"""The rate-aware transport that every vendor's client speaks through."""

from __future__ import annotations

from .answer import Request, Response
from .bigcommerce_policy import BigCommercePolicy, bigcommerce_endpoint
from .failures import Failure, LostAnswer, Unavailable, VendorError
from .meters import Clock, RealClock
from .policy import Accept, Fail, Patience, Policy, Retry, Trouble, Verdict
from .stripe_policy import ENDPOINT_PER_SECOND, StripePolicy, stripe_endpoint
from .transport import Counts, RequestEvent, Transport
from .trouble import is_loopback
from .waits import Limit, WaitEvent

__all__ = [
    "ENDPOINT_PER_SECOND",
    "Accept",
    "BigCommercePolicy",
    "Clock",
    "Counts",
    "Fail",
    "Failure",
    "Limit",
    "LostAnswer",
    "Patience",
    "Policy",
    "RealClock",
    "Request",
    "RequestEvent",
    "Response",
    "Retry",
    "StripePolicy",
    "Transport",
    "Trouble",
    "Unavailable",
    "VendorError",
    "Verdict",
    "WaitEvent",
    "bigcommerce_endpoint",
    "is_loopback",
    "stripe_endpoint",
]
