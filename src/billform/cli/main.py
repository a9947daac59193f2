"""The command line: finds the command, and turns everything that can happen into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

from billform import __version__
from billform.cli import console, memory
from billform.cli.exits import Exit
from billform.core.diagnostic import BillformError, Diagnostic, nearest

COMMANDS: dict[str, tuple[str, str]] = {
    "validate": ("billform.cli.validate", "Check every file, offline, and say all that is wrong."),
    "plan": ("billform.cli.plan", "Show what would change at Stripe and BigCommerce."),
    "apply": ("billform.cli.apply", "Make Stripe and BigCommerce match the catalog."),
    "drift": ("billform.cli.drift", "Show what was changed outside Billform."),
    "simulator": ("billform.cli.simulator", "Run Stripe and BigCommerce on this machine."),
    "schema": ("billform.cli.schema", "Write the JSON Schemas that editors complete from."),
    "explain": ("billform.cli.explain", "Say what a code such as C013 means and how to mend it."),
}
"""Name -> (module that exposes `command`, one line for the help); a module is imported when its command runs."""


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command's module; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The same as click's, with the nearest command offered."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = nearest(name, COMMANDS)
            ctx.fail(f"there is no command {name!r}." + (f" Did you mean {near!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: billform apply local",
)
@click.version_option(__version__, "-V", "--version", prog_name="billform", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, expose_value=False, help="Show each request, and where a problem arose.")
def group() -> None:
    """Billing as code: declare what you sell, review the plan, apply it to Stripe and BigCommerce."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command and answers its exit code; nothing but an exit code leaves it."""
    debug = "--debug" in arguments or os.environ.get("BILLFORM_DEBUG", "") not in {"", "0"}
    rest = [each for each in arguments if each != "--debug"]
    console.hide()
    try:
        result = group.main(args=rest, prog_name="billform", standalone_mode=False, obj=debug)
    except (click.Abort, KeyboardInterrupt):
        console.err("Interrupted.")
        return Exit.INTERRUPTED
    except click.ClickException as problem:
        _usage(problem)
        return problem.exit_code
    except BillformError as error:
        console.report(error.diagnostics, files=getattr(error, "files", None))
        return Exit.REFUSED
    except Exception as error:  # noqa: BLE001 - the last resort: one line for people, the rest on request
        _unexpected(error, debug=debug)
        return Exit.REFUSED
    return result if isinstance(result, int) else Exit.OK


def main() -> None:
    """The console script's entry."""
    memory.pause()
    console.begin()
    code = run(sys.argv[1:])
    console.finish()
    memory.leave()
    sys.exit(code)


def _usage(problem: click.ClickException) -> None:
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        console.err(problem.format_message())  # the help, which is all there is to say
        return
    if isinstance(problem, click.UsageError) and problem.ctx is not None:
        console.err(problem.ctx.get_usage())
        console.err(f"Try '{problem.ctx.command_path} --help' for help.\n")
    console.err(f"Error: {problem.format_message()}")


def _unexpected(error: Exception, *, debug: bool) -> None:
    import traceback

    if debug:
        console.err("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, OSError):
        about = f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
        hint = "make room, or see to the permissions, and run the same command again"
        console.report([Diagnostic("X003", f"the system refused: {about}", hint=hint)])
        return
    frames = traceback.extract_tb(error.__traceback__)
    place = f"in {frames[-1].name}, {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else None
    summary = f"Billform stumbled over itself: {type(error).__name__}: {error}"
    hint = "not your files but Billform is to blame; report it with what the same command prints with `--debug`"
    console.report([Diagnostic("X001", summary, subject=place, hint=hint)])
