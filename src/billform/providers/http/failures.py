"""Typed failures of a vendor: what was asked, what came back, and the diagnostic that says so. No secret is in any."""

from __future__ import annotations

from enum import StrEnum

from billform.core.diagnostic import BillformError, Diagnostic
from billform.core.redact import redact


class Failure(StrEnum):
    """The ways in which a request can end badly; each has a code."""

    NETWORK = "network"
    """Not reached, not answered in time, or cut off, for as long as we tried."""
    TLS = "tls"
    RATE = "rate"
    SERVER = "server"
    NOT_JSON = "not_json"
    AUTH = "auth"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    LOST = "lost"
    """A write may have happened or not."""
    INSECURE = "insecure"
    """We refused to send a key in clear text over a network."""


CODE: dict[Failure, str] = {
    Failure.NETWORK: "V001",
    Failure.TLS: "V002",
    Failure.RATE: "V003",
    Failure.SERVER: "V004",
    Failure.NOT_JSON: "V005",
    Failure.AUTH: "V006",
    Failure.PERMISSION: "V007",
    Failure.NOT_FOUND: "V008",
    Failure.CONFLICT: "V009",
    Failure.INVALID: "V010",
    Failure.LOST: "V011",
    Failure.INSECURE: "V012",
}

_HINT: dict[Failure, str] = {
    Failure.NETWORK: "check the connection and the vendor's status page, then run the same command again",
    Failure.TLS: "something on the way replaces the vendor's certificate; SSL_CERT_FILE can name further authorities",
    Failure.RATE: "run `billform apply` again; what is done is not done twice",
    Failure.SERVER: "the vendor has a bad moment; run the same command again, what is done is not done twice",
    Failure.NOT_JSON: "a proxy or a login page seems to answer in its place; check the base URL and the network",
    Failure.AUTH: "check that the environment variable holds a key that is in force",
    Failure.PERMISSION: "give the key the permission or the scope that the message names",
    Failure.NOT_FOUND: "it was there when the plan was made; make the plan again",
    Failure.CONFLICT: "somebody else is changing the same object; run the same command again",
    Failure.INVALID: "nothing was changed by it; mend what the vendor names and run again",
    Failure.LOST: "run the same command again: it looks up what was done before it does anything",
    Failure.INSECURE: "use an https URL; plain http is only for a simulator on this machine",
}

NAMES = {"stripe": "Stripe", "bigcommerce": "BigCommerce"}
_MOST = 400
"""Characters of a vendor's words that are worth showing."""


class VendorError(BillformError):
    """One request that failed for good. `subject`, where known, is the address that it was for."""

    def __init__(
        self,
        failure: Failure,
        *,
        vendor: str,
        message: str,
        method: str = "",
        path: str = "",
        status: int | None = None,
        vendor_code: str | None = None,
        param: str | None = None,
        request_id: str | None = None,
        tries: int = 1,
        subject: str | None = None,
        code: str | None = None,
        hint: str | None = None,
        cause: Failure | None = None,
        replayed: bool = False,
    ) -> None:
        self.failure = failure
        self.cause = cause or failure
        """What went wrong where an answer was lost: the network, the server, or something in the vendor's place."""
        self.replayed = replayed
        """Whether this is what was answered to the same request before: asking again with the same key is no use."""
        self.vendor = vendor
        self.message = redact(" ".join(message.split()))[:_MOST]
        self.method = method
        self.path = redact(path)
        self.status = status
        self.vendor_code = vendor_code
        self.param = param
        self.request_id = request_id
        self.tries = tries
        self.subject = subject
        self.code = code or CODE[failure]
        self.hint = hint or _HINT[failure]
        super().__init__(self.diagnostic())

    def diagnostic(self, subject: str | None = None) -> Diagnostic:
        """The failure as people read it; `subject` is the address that it was for."""
        about = subject or self.subject
        return Diagnostic(
            self.code,
            f"{self._opening(about)}: {self.message}" if self.message else self._opening(about),
            subject=about,
            hint=self.hint,
            detail=tuple(self._detail()),
        )

    def about(self, subject: str) -> VendorError:
        """The same failure, knowing the address that it was for."""
        self.subject = subject
        self.diagnostics = (self.diagnostic(),)
        return self

    def _opening(self, about: str | None) -> str:
        name = NAMES.get(self.vendor, self.vendor)
        what = f" {about}" if about else ""
        match self.failure:
            case Failure.NETWORK:
                return f"{name} could not be reached{f' for {about}' if about else ''}"
            case Failure.TLS:
                return f"{name}'s certificate was not accepted"
            case Failure.SERVER:
                return f"{name} failed{f' on {about}' if about else ''}"
            case Failure.NOT_JSON:
                return f"what answered for {name} is not {name}"
            case Failure.AUTH:
                return f"{name} did not accept the key"
            case Failure.LOST:
                return f"{name}'s answer{f' about {about}' if about else ''} was lost"
            case Failure.INSECURE:
                return f"no key is sent to {name} in clear text"
            case _:
                return f"{name} refused{what}"

    def _detail(self) -> list[str]:
        request = f"{self.method} {self.path}".strip()
        parts = [f"request {self.request_id}" if self.request_id else "", request]
        line = ", ".join(each for each in parts if each)
        if self.status is not None:
            line += f" answered {self.status}"
        if self.vendor_code:
            line += f" {self.vendor_code}"
        if self.param:
            line += f" (parameter {self.param})"
        tries = [f"tried {self.tries} times"] if self.tries > 1 else []
        return [*([line] if line else []), *tries]


class LostAnswer(VendorError):  # noqa: N818  # what happened, in the words of the rest
    """A write that must not be repeated blindly: look the object up by its natural key before trying again."""


class Unavailable(Exception):  # noqa: N818  # a state of the account, not a fault
    """This account or store cannot have objects of a kind (a plan gate); raised by `Kind.observe` with the reason."""

    def __init__(self, reason: str) -> None:
        self.reason = redact(reason)
        super().__init__(self.reason)
