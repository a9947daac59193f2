"""Codes of applying, of secrets and of state: A0xx, S01x, S02x."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "A001": Explanation(
        title="The plan is stale: an object has moved",
        meaning="An object that the plan rests on has been changed or deleted since the plan was made, in the "
        "Dashboard, by another program, or by another apply. Nothing was written.",
        mend="Make the plan again, look at it again, and apply that one.",
    ),
    "A002": Explanation(
        title="The plan is stale: an object is there already",
        meaning="The plan would make an object that has been made since, perhaps by applying this very plan before. "
        "Nothing was written.",
        mend="Make the plan again. If this plan was applied before, the new one shows what is left of it.",
    ),
    "A003": Explanation(
        title="A plan with a refused change is not applied",
        meaning="One of the changes can be made in no way: the vendor fixes what would have to change. The others may "
        "depend on it, so none of them is made.",
        mend="Do what the hint beside the refused change says and make the plan again.",
    ),
    "A004": Explanation(
        title="A secret was shown and could not be stored",
        meaning="The vendor shows a webhook endpoint's signing secret once, when it is made. The environment's secret "
        "sink accepted a trial before and then failed. The endpoint is marked as unfinished.",
        mend="Mend the sink and run again: the endpoint is made anew, with another secret, and the old one deleted.",
    ),
    "A005": Explanation(
        title="A secret was not seen",
        meaning="A webhook endpoint was made, but the one answer that holds its signing secret did not arrive.",
        mend="Run again: the endpoint is made anew, with another secret, and the old one deleted.",
    ),
    "A009": Explanation(
        title="Billform stumbled over a change",
        meaning="Something happened that no part of Billform was prepared for. Only this change and what depends on it "
        "are concerned; the others were made.",
        mend="Run again with `--debug` and report what it prints. `billform plan` shows what is left.",
    ),
    "S010": Explanation(
        title="Another apply is at work",
        meaning="Two applies for one environment on one machine at the same time would each act on what the other is "
        "changing. The message says which process holds the lock and since when. The lock is the operating system's: "
        "it ends with the process, also when that is killed.",
        mend="Wait until it is done and make the plan again.",
    ),
    "S011": Explanation(
        title="The state directory cannot be written",
        meaning="Billform keeps locks and, by default, secrets under `.billform/` in the directory that it runs in.",
        mend="Run it where you may write, or mend the owner and the permissions. Nothing was changed at any vendor.",
    ),
    "S012": Explanation(
        title="The disk is full",
        meaning="There is no room to write in the state directory. Nothing was changed at any vendor.",
        mend="Make room and run it again.",
    ),
    "S013": Explanation(
        title="Another apply is at work on this account",
        meaning="An apply writes down at Stripe that it is at work, in the archived product `billform-lock`, so that "
        "two machines never change one account at the same time. The message says who and since when. A hold ends with "
        "its apply; after a crash it is ignored in the same directory and on the same machine, and ends elsewhere by "
        "itself ten minutes after it was last renewed. Nothing was changed.",
        mend="Wait until the other is done and run it again. Where you know that nobody is at work and cannot wait, "
        "delete the product `billform-lock` in Stripe's Dashboard.",
    ),
    "S014": Explanation(
        title="Another apply was quicker",
        meaning="Between reading the account and writing to it another apply has been at work, on another machine or "
        "in another directory. The plan may rest on what is no longer so. Nothing was changed.",
        mend="Run it again: it reads everything anew. Where nobody else is about and it stays so, delete the product "
        "`billform-lock` in Stripe's Dashboard.",
    ),
    "S015": Explanation(
        title="The hold on the account was lost",
        meaning="An apply renews its hold every few minutes. For as long as a hold lasts it could not, or somebody "
        "else took it over or deleted it. What was under way was finished; nothing more was begun.",
        mend="Run it again: it finishes what is left.",
    ),
    "S016": Explanation(
        title="The hold on the account could not be given back",
        meaning="The apply is over, and Stripe could not be told. For ten minutes other machines believe that it is at "
        "work still.",
        mend="Nothing needs to be done; another apply from the same directory can go on at once.",
    ),
    "S020": Explanation(
        title="The secrets file cannot be written",
        meaning="The file that `secrets.file` names, or the default one under `.billform/secrets/`, cannot be written. "
        "It is tried before an endpoint with a secret is made.",
        mend="Make room, mend the permissions, or name another file.",
    ),
    "S021": Explanation(
        title="The secrets file is not one",
        meaning="What stands in the place of the secrets file is a link, a directory, or no text of NAME=VALUE lines. "
        "Billform does not write secrets through a link: they would land where somebody else may read them.",
        mend="Remove it, or name another file under `secrets:`.",
    ),
    "S022": Explanation(
        title="The secrets command is not there",
        meaning="The first word of `secrets.command` is no program that can be found.",
        mend="Install it, or correct the command in the environment file.",
    ),
    "S023": Explanation(
        title="The secrets command failed",
        meaning="The command ended with another code than 0, took longer than a minute, or could not be started. What "
        "it printed is not shown, for it might repeat the secret.",
        mend="Run it by hand with some text on standard input. `{name}` in its words, and the variable "
        "BILLFORM_SECRET_NAME, hold the secret's name.",
    ),
}
