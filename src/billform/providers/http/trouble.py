"""What stands between us and a vendor: exceptions as kinds of trouble, and addresses that no key is sent to."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from urllib.parse import urlsplit

from billform.core.redact import redact

from .answer import Request
from .failures import Failure, VendorError
from .policy import Trouble

_UNFINISHED = (
    ssl.SSLWantReadError,
    ssl.SSLWantWriteError,
    ssl.SSLZeroReturnError,
    ssl.SSLEOFError,
    ssl.SSLSyscallError,
)
"""A handshake that was slow or cut off says nothing about the certificate."""


def trouble(problem: Exception) -> Trouble:
    """What kind of trouble an exception of httpx or the system stands for; `sent` errs towards yes."""
    import httpx

    reason = redact(str(problem)) or type(problem).__name__
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _UNFINISHED):
            return Trouble(Failure.TLS, reason, sent=False)
        cause = cause.__cause__ or cause.__context__
    if isinstance(problem, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError | UnicodeError):
        return Trouble(Failure.INSECURE, f"this is not a URL or header that can be sent: {reason}", sent=False)
    if isinstance(problem, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError):
        return Trouble(Failure.NETWORK, reason, sent=False)
    if isinstance(problem, httpx.TimeoutException):
        return Trouble(Failure.NETWORK, "no answer in time", sent=True)
    if isinstance(problem, httpx.RemoteProtocolError | httpx.ReadError | httpx.DecodingError):
        return Trouble(Failure.NETWORK, f"the connection was cut: {reason}", sent=True)
    return Trouble(Failure.NETWORK, reason, sent=True)


def is_loopback(url: str) -> bool:
    """Whether a URL stays on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def refuse_clear_text(vendor: str, request: Request) -> None:
    """Raises VendorError (V012) for a request that would show its key to the network."""
    if request.url.startswith("https://") or (request.url.startswith("http://") and is_loopback(request.url)):
        return
    raise VendorError(
        Failure.INSECURE,
        vendor=vendor,
        message=f"{urlsplit(request.url).scheme or 'no scheme'}://{urlsplit(request.url).hostname or ''} is not https",
        method=request.method,
        path=request.path,
    )
