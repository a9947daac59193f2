"""What the codes of plans (P) and guardrails (G) mean, and how to mend them."""

from __future__ import annotations

from billform.core.codes import Explanation

CODES: dict[str, Explanation] = {
    "P001": Explanation(
        "Two parts of the catalog ask for one object",
        "Two entries of the catalog lead to the same address, so that each run would undo the other.",
        "Give one of the two another key. The hint names the place of the other.",
    ),
    "P002": Explanation(
        "Something is needed that nothing asks for",
        "An object refers to another that the catalog does not make in this environment, often because an overlay "
        "takes it away.",
        "Declare the other one, or take the reference away where it is taken away.",
    ),
    "P003": Explanation(
        "Objects need each other in a circle",
        "Each of the objects refers to the next, and the last to the first, so that none can be made first.",
        "Take one of the references out.",
    ),
    "P004": Explanation(
        "The vendor was not read to the end",
        "A page of a list failed. An object on it would look as if it were not there, and Billform would make it "
        "again or archive others; so nothing is planned.",
        "Run it again. When it goes on, the diagnostic beside it says which request failed and why.",
    ),
    "P010": Explanation(
        "The plan file is not whole",
        "The file ends before the JSON does: it was cut off while it was copied or written.",
        "Make the plan again with `billform plan ENV --out plan.json`.",
    ),
    "P011": Explanation(
        "The file is not a plan",
        "The file can be read, but it is not one that `billform plan --out` wrote.",
        "Name the plan file, or the environment, as in `billform apply production`.",
    ),
    "P012": Explanation(
        "A newer Billform made the plan",
        "The plan is in a format that this version does not know, and to guess at it would be to guess at money.",
        "Update Billform, or make the plan again with this version.",
    ),
    "P013": Explanation(
        "The plan file has been changed",
        "The digest in the file does not fit what the file says. A plan is applied as it was reviewed or not at all.",
        "Change the catalog instead, and make the plan again.",
    ),
    "P014": Explanation(
        "The plan is for other accounts",
        "The plan was made for an account, store or mode that the environment's file does not name any more.",
        "Make the plan again for this environment.",
    ),
    "P015": Explanation(
        "The catalog has changed since the plan was made",
        "The plan was computed from other files than those that are here now, so that applying it would not lead to "
        "what they say.",
        "Apply it from the commit that it was made at, or make the plan again.",
    ),
    "P020": Explanation(
        "Something is left out",
        "The account cannot have this object (a feature is not enabled, or the store's plan does not include it), or "
        "it refers to one that is left out. Everything else is planned as usual.",
        "Enable the feature at the vendor, or take the object out of this environment with an overlay.",
    ),
    "P021": Explanation(
        "There is nothing of this name at the vendor",
        "The catalog refers by name to something that Billform does not make, such as a channel or a category, and "
        "the vendor has none of that name.",
        "Create it at the vendor, or write the name of one that is there.",
    ),
    "P022": Explanation(
        "Somebody else's object is in the way",
        "An object that Billform did not make for this catalog holds a name, code or key that must be unique.",
        "To take it over, run again with `--adopt ADDRESS`; the plan then shows what would change in it, and in what "
        "comes with it, such as the prices in a price list. Otherwise give yours another name.",
    ),
    "P023": Explanation(
        "Several objects answer to one",
        "More than one object at the vendor fits, and nothing tells which one is meant.",
        "Leave one of them at the vendor, delete or rename the others, and run again.",
    ),
    "P024": Explanation(
        "Another object of this catalog holds the name",
        "An object that is ours has the unique name, code or key that another is to have. Where the one that has it is "
        "still in the catalog, under another name from now on, that has to be done first. Where it has left the "
        "catalog, it goes on under the key of the other, or hands its name on; it can do neither where the vendor "
        "fixes what differs and lets no name move.",
        "Run again with `--only` and the address that the hint names, and then without it; or give one of the two "
        "another name, code or key.",
    ),
    "P025": Explanation(
        "An object cannot be taken over",
        "It was to be adopted, but it differs in a field that the vendor fixes at creation.",
        "Declare the field as it is at the vendor, or give yours another name so that a new one is made.",
    ),
    "P026": Explanation(
        "A change that the vendor does not allow",
        "The field is fixed at creation, and this kind of object can be given neither a new version nor be made anew "
        "without losing what hangs on it.",
        "The plan names the way out for this kind, usually: declare a new one under another key.",
    ),
    "P027": Explanation(
        "What is to go is still pointed at",
        "The plan takes an object out of sale, and another one that points at it is left out of the plan, so that it "
        "would be left pointing at nothing.",
        "Mend what keeps the other one out (P020, P021), and plan again.",
    ),
    "P028": Explanation(
        "What is over in the catalog is in force at the vendor",
        "The catalog gives an end that has passed, and the vendor has none or a later one. No vendor ends anything in "
        "the past, and to end it at another moment is not for Billform to decide.",
        "Write a moment to come for it to end at, or no end at all. A coupon or code that is taken out of the catalog "
        "ends with the next run.",
    ),
    "P029": Explanation(
        "What others set does not come along, or comes back",
        "The vendor fixes what the catalog changes, so that the object is made anew. Somebody has set further fields, "
        "metadata or currencies on the one before, which the catalog does not declare and the new one will not have. "
        "An archived one that comes back has what was set on it, such as a further currency at its old amount.",
        "Declare what is to stay, or set it again on the new object.",
    ),
    "P030": Explanation(
        "The catalog does not know an object that is in force",
        "There is an object at the vendor that nobody's mark is on and that the catalog does not declare. Billform "
        "leaves it alone.",
        "Declare it, so that it is kept in step, or end it at the vendor.",
    ),
    "P031": Explanation(
        "Something that left the catalog stays as it is",
        "Billform made the object, and the catalog no longer declares it. Taking it away would take something from "
        "customers (their group, the value of an attribute) or from you (usage of subscribers who keep an archived "
        "price, which no meter would count), so it is left in place, and is not looked after any more.",
        "Declare it again, so that it is kept in step, or end it at the vendor once nobody needs it. Until then every "
        "plan says so in one line: no vendor has a place to note that you know.",
    ),
    "P032": Explanation(
        "What others have made rests on what goes",
        "Somebody else has made something that customers know and that cannot go on without an object of the catalog: "
        "a promotion code ends when its coupon is deleted, a price cannot be bought once its product is archived.",
        "If it is to go on, make it anew on something that stays, or declare it in the catalog.",
    ),
    "G001": Explanation(
        "The plan archives too much",
        "More than the environment's `max_archived` share of one kind would be taken out of sale. A moved directory or "
        "a wrong overlay looks like this.",
        "If it is meant, run again with `--allow archive=N`, N being the number that the plan archives in all.",
    ),
    "G002": Explanation(
        "An amount changes too much",
        "An amount, or something that decides what customers pay, changes by more than the environment's "
        "`max_amount_change`, or in a way that no share can measure: another currency, tax inside the amount or on top "
        "of it, another meter. A slipped comma looks like this. docs/environments.md lists what is weighed.",
        "If it is meant, run again with `--allow amounts=N`, N being the number of amounts that change so much.",
    ),
    "G003": Explanation(
        "The plan touches what is protected",
        "The environment protects this address from being archived or replaced.",
        "If it is meant, run again with `--allow protected=ADDRESS`, once for each address.",
    ),
}
