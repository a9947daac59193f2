"""What the codes of plan files, questions and the local simulator mean, and how to mend them."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "P016": Explanation(
        "The plan has been applied",
        "The plan file was applied before, or somebody brought about the same: nothing that it was to change differs "
        "any more. Nothing was written.",
        "There is nothing to do. Make a new plan for what has changed since.",
    ),
    "P017": Explanation(
        "An environment or a plan file",
        "The word after `apply` is the name of an environment and that of a file here, and which one was meant makes a "
        "difference: an environment is planned anew, a plan file is applied as it was reviewed.",
        "Write `./NAME` for the plan file; move the file away to apply the environment.",
    ),
    "S001": Explanation(
        "The simulator's state is in use",
        "Another command works on the same state file. Two at once would each miss what the other does.",
        "Wait until the other command is done, or stop it. Commands share what `billform simulator` serves.",
    ),
    "S002": Explanation(
        "The simulator's state cannot be used",
        "The file under `.billform/` cannot be made, read or written: a directory that is not writable, a full disk, "
        "or a file that no simulator wrote. Nothing was changed.",
        "Make `.billform/` writable or make room; delete the file where it is damaged, for it holds no real account.",
    ),
    "S003": Explanation(
        "The simulator refused a setting",
        "The simulator that serves the state file does not know what it was asked for; it may be of another version.",
        "Stop the running `billform simulator` and start it again.",
    ),
    "S004": Explanation(
        "The port is taken",
        "Another program listens on the port that was asked for, or on the next one, which BigCommerce gets.",
        "Choose another with `--port N`, or leave it out for a free one.",
    ),
    "S025": Explanation(
        "A secret would be lost with the job",
        "The plan makes something whose secret its vendor shows only once, such as a webhook endpoint, and the secret "
        "goes to a file below the working directory. Continuous integration, which the variable CI speaks of, throws "
        "that directory away when the job ends. It is a warning: what is made can be made anew, with another secret.",
        "Name a command under `secrets:` in the environment that keeps the secret, or a file that outlives the job.",
    ),
    "X010": Explanation(
        "Nobody is there to ask",
        "`apply` asks before it writes, and this is not a terminal.",
        "Run `billform apply ENV --yes`, or review with `billform plan ENV --out plan.json` and apply that file with "
        "`--yes`.",
    ),
    "X011": Explanation(
        "The environment wants its name",
        "This environment's guardrails ask for its name to be typed; a plain yes is not enough for real money.",
        "Type the name when asked, or pass `--yes --confirm NAME` where nobody can be asked.",
    ),
    "X012": Explanation(
        "Not confirmed",
        "The answer was not the one that lets the plan be applied. Nothing was written.",
        "Run it again when you mean it.",
    ),
    "X013": Explanation(
        "The plan file cannot be read",
        "There is no such file, it is a directory, or it may not be read.",
        "Name a file that `billform plan ENV --out FILE` wrote, or an environment.",
    ),
    "X014": Explanation(
        "The plan file cannot be written",
        "The place that `--out` names is not there, may not be written to, or is full. No half-written plan is left.",
        "Name another place, or make room.",
    ),
    "X015": Explanation(
        "A glob fits nothing",
        "`--only`, `--adopt` or `--allow` names addresses, and none of those that the catalog asks for or the plan "
        "changes fits; or there is no such kind or store. To go on would look like success and do nothing.",
        "Write the address as the plan shows it, such as `stripe.price/pro.*`, in quotes.",
    ),
    "X016": Explanation(
        "An object holds a secret",
        "A plan says what it found at the vendors, and somebody has written a key or a token into one of these "
        "objects: into a description, into metadata. A plan file is kept and passed on, so that it may not hold one.",
        "Take the secret out at the vendor and replace it, for it is no longer one. Until then `billform plan ENV` "
        "shows the plan with dots in its place, and `billform apply ENV` works.",
    ),
}
