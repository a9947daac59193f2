"""Arguments and options that several commands share, and reading what they name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from billform.catalog.environment import Environment
    from billform.catalog.models import Catalog

F = TypeVar("F", bound=Callable[..., Any])


def directories(command: F) -> F:
    """Adds `--catalog` and `--environments`; the command takes them as paths of the same names."""
    for name, about in (
        ("environments", "Directory of the environments."),
        ("catalog", "Directory of the catalog."),
    ):
        command = click.option(
            f"--{name}",
            type=click.Path(path_type=Path),
            default=Path(name),
            show_default=True,
            envvar=f"BILLFORM_{name.upper()}",
            metavar="DIR",
            help=about,
        )(command)
    return command


def read(environment: str, *, catalog: Path, environments: Path) -> tuple[Catalog, Environment, str | None]:
    """The catalog as it is in an environment, and the commit of both, with warnings shown.

    Raises BillformError where anything is wrong.
    """
    from billform.catalog.environment import load_environment
    from billform.catalog.load import CatalogError, examine
    from billform.cli import console, named
    from billform.cli.plan_file import misread
    from billform.cli.revision import revision
    from billform.core.diagnostic import BillformError

    if (slip := misread(environment, environments, _command())) is not None:
        raise BillformError(slip)
    named.hide((environments, catalog))
    where = load_environment(environment, environments)
    examined = examine(catalog, where)
    if examined.catalog is None:
        raise CatalogError(examined.diagnostics, len(examined.files) + 1)
    console.report(examined.diagnostics, files=len(examined.files) + 1)
    at = revision(catalog, environments)
    count = len(examined.files)
    console.err(f"Read {count} file{'' if count == 1 else 's'}" + (f" at {at}" if at else ""))
    return examined.catalog, where, at


def _command() -> str:
    context = click.get_current_context(silent=True)
    return context.info_name or "plan" if context is not None else "plan"
