"""API keys: looked at before anything is sent, and held against the account before anything is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from billform.catalog.environment import Environment
from billform.core.diagnostic import BillformError, Diagnostic
from billform.providers.http import Failure, VendorError

SIMULATOR_KEY = "sk_test_simulator"
"""The key that every new simulator knows."""

# https://docs.stripe.com/keys
_SHAPE = re.compile(r"(?P<sort>sk|rk|pk)_(?P<mode>test|live)_[A-Za-z0-9_]{5,}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that has the shape of one."""

    text: str = field(repr=False)
    mode: Literal["test", "live"]
    restricted: bool
    environment: Environment
    """Whose file names the variable that it came from."""

    @property
    def variable(self) -> str | None:
        """The environment variable that it came from."""
        return self.environment.stripe.api_key_env

    def nowhere(self) -> BillformError:
        """The simulator is to be used, and nobody said where it is."""
        hint = "run this through the billform command"
        summary = "no simulator is running for this environment"
        return BillformError(Diagnostic("K009", summary, hint=hint, subject=self.environment.name))


def read_key(environment: Environment, secrets: Mapping[str, str]) -> Key:
    """The environment's key; raises BillformError where it is missing, misspelled or of the other mode."""
    variable = environment.stripe.api_key_env
    if variable is None and environment.mode != "simulated":
        hint = "add `api_key_env:` under `stripe:`"
        raise _problem("K001", "the environment names no Stripe key", environment, hint)
    text = (secrets.get(variable, "") if variable else SIMULATOR_KEY).strip()
    if not text:
        hint = f"set it where this command runs: export {variable}=sk_{_mode(environment)}_…"
        raise _problem("K001", f"the environment variable `{variable}` is not set", environment, hint)
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        hint = "a secret key opens with sk_test_ or sk_live_, a restricted one with rk_test_ or rk_live_"
        raise _problem("K002", f"what `{variable}` holds is not a Stripe API key", environment, hint)
    if shape["sort"] == "pk":
        hint = "publishable keys are for browsers and can change nothing; use a secret or restricted key"
        raise _problem("K002", f"`{variable}` holds a publishable key", environment, hint)
    mode: Literal["test", "live"] = "live" if shape["mode"] == "live" else "test"
    if mode != _mode(environment):
        hint = f"put a {_mode(environment)} key there, or change `mode:` in the environment file"
        summary = f"`{variable}` holds a {mode} key, and this environment is {environment.mode}"
        raise _problem("K003", summary, environment, hint)
    return Key(text, mode, shape["sort"] == "rk", environment)


def another_account(key: Key, account: str, found: str) -> BillformError:
    """The key works, and not for this environment."""
    hint = "use a key of that account, or correct `account:` under `stripe:`"
    summary = f"{_held(key)} opens {found}, and the environment is for {account}"
    return _problem("K004", summary, key.environment, hint, at="account")


def account_problem(error: VendorError, key: Key) -> BillformError | None:
    """Why the key does not tell its account; None where the key is not to blame."""
    match error.failure:
        case Failure.PERMISSION:
            hint = "give the restricted key read access to the account, so that it can be told from another account's"
            summary = f"{_held(key)} may not tell which account it is for"
            return _problem("K005", summary, key.environment, hint, (error.message,))
        case Failure.AUTH:
            hint = "make a new key in the Dashboard, and put it into the variable"
            summary = f"Stripe does not accept {_held(key)}: it is revoked, expired or not whole"
            return _problem("K006", summary, key.environment, hint)
        case _:
            return None


def _held(key: Key) -> str:
    return f"`{key.variable}`" if key.variable else "the key"


def _mode(environment: Environment) -> str:
    return "live" if environment.is_live else "test"


def _problem(
    code: str,
    summary: str,
    environment: Environment,
    hint: str,
    detail: tuple[str, ...] = (),
    *,
    at: Literal["api_key_env", "account"] = "api_key_env",
) -> BillformError:
    """A problem with a key, at the place in the environment's file that names its variable or its account."""
    span = environment.value_span("stripe", at)
    return BillformError(Diagnostic(code, summary, span, hint, detail, environment.name))
