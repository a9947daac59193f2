"""What must go before its successor can be made is not taken away for a successor that cannot be made."""

from __future__ import annotations

from decimal import Decimal

from billform.core.resource import Resource, Spec

from .bench import Bench
from .samples import ref, want


def coupon(percent: int) -> Resource[Spec]:
    return want("stripe.coupon", "spring", id="spring", percent_off=Decimal(percent))


def test_a_promotion_code_can_be_used_while_its_new_coupon_cannot_be_made(bench: Bench) -> None:
    bench.reset()
    code = want("stripe.promotion_code", "spring", code="SPRING", coupon=ref("stripe.coupon/spring"))
    bench.settle(coupon(10), code)
    before = bench.live(code)
    with bench.fault("server_error", path="/v1/coupons", count=None):
        outcome = bench.apply(bench.plan(coupon(20), code))
    assert not outcome.complete
    assert bench.live(code).id == before.id
    assert bench.live(code).current
    bench.settle(coupon(20), code)
    assert bench.live(code).id != before.id
