"""`billform simulator`: Stripe and BigCommerce on this machine, for `local` and for any other client."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

import click

from billform.cli import console, local
from billform.cli.exits import Exit
from billform.cli.memory import resume
from billform.core.diagnostic import BillformError, Diagnostic

_STATE = click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    default=local.STATE,
    show_default=True,
    metavar="FILE",
    help="Where it keeps what it knows.",
)


@click.group("simulator", invoke_without_command=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65534),
    default=0,
    metavar="N",
    help="Port for Stripe; BigCommerce gets the next one. Free ones by default.",
)
@click.option("--memory", is_flag=True, help="Keep nothing: every start begins with empty accounts.")
@_STATE
@click.pass_context
def command(context: click.Context, port: int, memory: bool, state: Path) -> int:
    """Serve simulated Stripe and BigCommerce on 127.0.0.1 until Ctrl-C.

    `billform plan local` and `billform apply local` use a simulator that runs from the same state file, and start
    one of their own where there is none.
    """
    if context.invoked_subcommand is not None:
        context.ensure_object(dict)["state"] = state
        return Exit.OK
    from billform.simulator.server import PortTaken, Simulator
    from billform.simulator.world import StateInUse, StateUnreadable

    announced = False

    def started(simulator: Simulator) -> None:
        nonlocal announced
        if not memory:
            # Without it others cannot find this one; they say so, and that is no reason not to serve.
            with suppress(OSError):
                local.announce(simulator, state)
                announced = True
        console.public(
            f"Stripe       {simulator.stripe_url}  account {local.ACCOUNT}, key {local.KEY}\n"
            f"BigCommerce  {simulator.bigcommerce_url}  store {local.STORE}, token {local.TOKEN}"
        )
        kept = "nothing is kept" if memory else f"state in {state}"
        console.err(f"Serving on this machine only, {kept}. Ctrl-C stops it.")

    resume()
    try:
        Simulator(None if memory else state, port=port).run(started)
    except PortTaken as problem:
        hint = "choose another with `--port N`, or leave it out for a free one"
        raise BillformError(Diagnostic("S004", str(problem), hint=hint)) from None
    except StateInUse:
        raise local.in_use(state) from None
    except (StateUnreadable, OSError, sqlite3.Error) as problem:
        raise local.unusable(state, problem) from None
    finally:
        if announced:
            local.withdraw(state)
    return Exit.OK


@command.command("reset")
@_STATE
@click.pass_context
def reset(context: click.Context, state: Path) -> int:
    """Empty the simulated accounts."""
    from billform.simulator.world import StateInUse, StateUnreadable, World

    given = context.find_object(dict) or {}
    if state == local.STATE:
        state = given.get("state", state)
    if not state.exists():
        console.out(f"Nothing to empty: there is no {state}.")
        return Exit.OK
    try:
        world = World(state)
    except StateInUse:
        bases = local.served(state)
        if bases is None:
            raise local.in_use(state) from None
        local.control(bases, "POST", "reset")
    except (StateUnreadable, OSError, sqlite3.Error) as problem:
        raise local.unusable(state, problem) from None
    else:
        try:
            world.reset()
        except sqlite3.Error as problem:
            raise local.unusable(state, problem) from None
        finally:
            world.close()
    console.out(f"Emptied {state}: the simulated accounts are as new.")
    return Exit.OK
