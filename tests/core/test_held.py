"""What a plan does not touch: somebody else's names, what is left out and what still points at something."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from billform.core.money import Money
from billform.core.plan import Adopt, Refuse
from billform.core.resource import Ref
from billform.core.stages import stages
from tests.core.shop import PRICE_1, PRO, PROD_1, live_price, live_product, price, product, told
from tests.core.toys import KINDS, found, lines, planned, want


def test_what_is_left_out_is_not_taken_away() -> None:
    """A link has no mark; that the account cannot tell of its product now is no proof that nobody wants it."""
    link = want("toy.link", "pro.sso", product=PRO)
    there = found("toy.link", None, "l1", product=PROD_1, natural=["pro.sso"], owned=True)
    made = planned(
        [product(), link],
        [there],
        unavailable={("toy.product", ""): "not on this plan"},
        complete=[each for each in KINDS if each != "toy.product"],
    )
    assert lines(made) == []
    unknown = Ref.to(want("toy.category", "main/Nope").address)
    shelf = want("toy.shelf", "main/a", name="A", category=unknown)
    on_it = want("toy.link", "main/a.sso", product=Ref.to(shelf.address))
    held = found("toy.link", None, "l2", product=PROD_1, natural=["main/a.sso"], owned=True, site="main")
    assert [each.action for each in planned([shelf, on_it], [held]).changes] == ["refuse"]


def test_a_name_of_somebody_else_is_not_taken_by_a_change_in_place() -> None:
    """Nor by a new version: the vendor would move a lookup key over, and their checkout would sell our price."""
    shelf = want("toy.shelf", "main/a", name="Theirs")
    ours = found("toy.shelf", "a", "s1", name="Ours", natural=["Ours"], site="main")
    for catalog, owner in (("another", "the catalog 'another'"), ("", "nobody that Billform knows")):
        theirs = found("toy.shelf", "x" if catalog else None, "s9", catalog=catalog, name="Theirs",
                       natural=["Theirs"], site="main")  # fmt: skip
        made = planned([shelf], [ours, theirs])
        assert [(each.action, str(each.address)) for each in made.changes] == [("refuse", "toy.shelf/main/a")]
        assert told(made) == [
            (
                "P022",
                "error",
                "toy.shelf/main/a",
                f"toy.shelf/main/a: s9 holds the unique name or code Theirs, which this one is to change to, and "
                f"belongs to {owner} | give this one another name or code, or free it at the vendor",
            )
        ]
    assert lines(planned([shelf], [ours])) == ['update toy.shelf/main/a s1 [name "Ours" -> "Theirs"]']
    moved = found("toy.shelf", "a", "s1", written=shelf, name="Ours", natural=["Ours"], site="main")
    assert [each.action for each in planned([shelf], [moved, theirs]).changes] == ["update"], "it comes home"
    both = found("toy.shelf", "a", "s1", name="Theirs", natural=["Theirs"], site="main")
    assert planned([shelf], [both, theirs]).unchanged == 1, "it has the name already"
    mine = found("toy.shelf", "b", "s2", name="Theirs", natural=["Theirs"], site="main")
    other = want("toy.shelf", "main/b", name="Other")
    assert len(lines(planned([shelf, other], [ours, mine]))) == 2, "the rules see to the catalog's own names"
    (refused,) = (each for each in planned([shelf, other], [ours, mine, theirs]).changes if isinstance(each, Refuse))
    assert refused.found is not None
    assert (refused.found.id, str(refused.why).count("Theirs")) == ("s1", 1), "one of ours beside it changes nothing"


def test_several_that_fit_are_never_chosen_from() -> None:
    meter = want("toy.meter", "calls", event_name="call", display_name="Calls")
    first, second = (
        found("toy.meter", None, identity, event_name="call", display_name="Old", natural=["call"])
        for identity in ("mtr_1", "mtr_2")
    )
    made = planned([meter], [first, second])
    assert [(each.action, getattr(each, "code", "")) for each in made.changes] == [("refuse", "P023")]
    off_duty = replace(second, active=False)
    assert lines(planned([meter], [first, off_duty])) == [
        'update toy.meter/calls mtr_1 [display_name "Old" -> "Calls"]'
    ]


def test_what_something_left_out_points_at_stays() -> None:
    unknown = Ref.to(want("toy.category", "main/Nope").address)
    shelf = want("toy.shelf", "main/a", name="A", category=unknown)
    there = found("toy.shelf", "a", "s1", name="A", category=PRICE_1, site="main")
    lives = [live_product(), live_price("49"), there]
    made = planned([product(), price("59"), shelf], lives, only=("toy.price/*",))
    assert [each.action for each in made.changes] == ["new_version"]
    assert told(made) == [
        (
            "P027",
            "error",
            "toy.price/pro.monthly",
            "toy.price/pro.monthly (price_1) cannot go: toy.shelf/main/a points at it, and is left out of this plan"
            " | mend what keeps toy.shelf/main/a out, and plan again",
        )
    ]
    gone = planned([product(), shelf], lives, only=("toy.price/*",))
    assert [each.code for each in gone.findings] == ["P027"]
    asleep = planned([product(), price("59"), shelf], [*lives[:2], replace(there, active=False)])
    assert "P027" not in [each.code for each in asleep.findings], "what is not in force sells nothing"


def test_what_is_adopted_while_out_of_sale_is_put_back() -> None:
    theirs = found("toy.product", None, "prod_9", name="Pro", natural=["pro"], active=False)
    made = planned([product()], [theirs], adopt=("*",))
    assert isinstance(made.changes[0], Adopt)
    assert [(each.action, each.found and each.found.id) for each in stages(made, KINDS)] == [("restore", "prod_9")]
    on_sale = planned([product()], [replace(theirs, active=True)], adopt=("*",))
    assert [each.action for each in stages(on_sale, KINDS)] == ["update"]


def test_an_old_price_that_would_come_back_with_its_product_is_archived_in_the_same_plan() -> None:
    """A default price cannot be archived with its product: nobody can buy it, until the product is back."""
    out = live_product(active=False)
    price_1 = replace(live_price("49", active=False), asleep=PROD_1)
    made = planned([product(), price("59")], [out, price_1])
    assert [(each.action, each.found and each.found.id, set(each.needs)) for each in stages(made, KINDS)] == [
        ("restore", "prod_1", set()),
        ("create", None, {0}),
        ("retire", "price_1", {0, 1}),
    ]
    assert lines(planned([product()], [out, price_1])) == [
        "restore toy.product/pro prod_1",
        "archive toy.price/pro.monthly price_1",
    ], "the plan comes back without that price"
    back = planned([product(), price("49")], [out, price_1])
    assert lines(back) == ["restore toy.product/pro prod_1", "restore toy.price/pro.monthly price_1"]
    older = live_price("59", "price_0", active=False, current=False)
    rolled = stages(planned([product(), price("59")], [out, price_1, older]), KINDS)
    assert [(each.action, each.found and each.found.id) for each in rolled] == [
        ("restore", "prod_1"),
        ("restore", "price_0"),
        ("retire", "price_1"),
    ]
    assert lines(planned([], [out, price_1])) == [], "nobody can buy it as long as its product is out of sale"


def test_what_was_refused_is_no_second_finding() -> None:
    shelf = want("toy.shelf", "main/a", name="Theirs")
    link = want("toy.link", "main/a.sso", product=Ref.to(shelf.address))
    ours = found("toy.shelf", "a", "s1", name="Ours", natural=["Ours"], site="main")
    theirs = found("toy.shelf", None, "s9", name="Theirs", natural=["Theirs"], site="main")
    tied = found("toy.link", None, "l1", product=Ref.found("toy.shelf", "s1"), natural=["main/a.sso"], site="main")
    made = planned([shelf, link], [ours, theirs, tied])
    assert [type(each) for each in made.changes] == [Refuse]


def test_what_others_set_on_the_version_before_is_told() -> None:
    """A new version has what the catalog declares."""
    before = live_price(
        "49", nickname="theirs", tax_behavior="exclusive", options={"eur": Money(Decimal(45), "eur")}, version=3
    )
    made = planned([product(), price("59")], [live_product(), replace(before, mark=live_price("49").mark)])
    assert told(made) == [
        (
            "P029",
            "warning",
            "toy.price/pro.monthly",
            "toy.price/pro.monthly is made anew without what was set outside the catalog: "
            'nickname "theirs", tax_behavior "exclusive", options.eur €45.00'
            " | declare it if it is to stay, or set it again on the new one",
        )
    ]
    ours = found(
        "toy.price", "pro.monthly", "price_1", product=PROD_1, unit_amount=Money(Decimal(49), "usd"), nickname="ours"
    )
    assert told(planned([product(), price("59")], [live_product(), ours])) == [], "what we had declared ourselves"
    hook = found("toy.hook", "h", "h1", written=want("toy.hook", "h", url="u"), url="u", token="hush", stamp="1",
                 unfinished="its secret was never stored")  # fmt: skip
    (told_,) = planned([want("toy.hook", "h", url="u")], [hook]).findings
    assert "token (hidden)" in told_.summary
    assert "hush" not in told_.summary
