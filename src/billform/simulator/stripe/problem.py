"""Stripe's refusals: error objects with type, code, param and message, in Stripe's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from billform.simulator.message import Answer, Refusal, json_answer


class StripeError(Refusal):
    """Stripe says no. `executed` tells that the endpoint had begun, so its idempotency key keeps the result."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        headers: Mapping[str, str] | None = None,
        executed: bool = True,
    ) -> None:
        super().__init__(error_answer(message, status=status, code=code, param=param, kind=kind, headers=headers))
        self.executed = executed


def error_answer(
    message: str,
    *,
    status: int,
    code: str | None = None,
    param: str | None = None,
    kind: str = "invalid_request_error",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Answer an error object; what is None stays away, as with Stripe."""
    error: dict[str, Any] = {}
    if code is not None:
        error["code"] = code
        error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
    error["message"] = message
    if param is not None:
        error["param"] = param
    error["type"] = kind
    return json_answer(status, {"error": error}, headers)


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """Answer a 400 from validation: the endpoint never began, the idempotency key keeps nothing."""
    return StripeError(message, param=param, code=code, executed=False)


def missing_param(name: str) -> StripeError:
    """Answer the refusal of a request that leaves a required parameter out."""
    return invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)


def unknown_params(names: Sequence[str]) -> StripeError:
    """Answer the refusal of parameters that the endpoint does not have."""
    word = "parameter" if len(names) == 1 else "parameters"
    return invalid(f"Received unknown {word}: {', '.join(names)}", code="parameter_unknown", param=names[0])


def exclusive(*names: str) -> StripeError:
    """Answer the refusal of parameters that do not go together."""
    text = f"You may only specify one of these parameters: {', '.join(names)}."
    return invalid(text, code="parameters_exclusive", param=names[0])


def empty_param(name: str) -> StripeError:
    """Answer the refusal of "" for a parameter that cannot be unset."""
    text = (
        f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a non-empty value."
    )
    return invalid(text, code="parameter_invalid_empty", param=name)


def too_long(name: str, value: str, most: int) -> StripeError:
    """Answer the refusal of a text over its limit."""
    shown = value if len(value) <= 60 else f"{value[:27]}...{value[-27:]}"
    return invalid(f"Invalid string: {shown}; must be at most {most} characters", param=name)


def no_such(what: str, wanted: str, *, param: str, in_path: bool = False, hint: str = "") -> StripeError:
    """Answer `resource_missing`: 404 for an id of the path, 400 for one named in the parameters."""
    return StripeError(
        f"No such {what}: '{wanted}'{hint}",
        status=404 if in_path else 400,
        code="resource_missing",
        param=param,
        executed=not in_path,
    )
