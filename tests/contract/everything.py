"""Every sample by kind, and what parametrised tests are made of."""

from __future__ import annotations

from collections.abc import Mapping

from .samples import Case, Sample
from .samples_account import ACCOUNT
from .samples_shop import SHOP
from .samples_sold import SOLD
from .samples_store import STORE

SAMPLES: Mapping[str, Sample] = {each.kind: each for each in (*SOLD, *ACCOUNT, *STORE, *SHOP)}
FULL: Mapping[str, tuple[Sample, str]] = {
    f"{sample.kind}/{name}": (sample, name) for sample in SAMPLES.values() for name in sample.full
}
CASES: Mapping[str, tuple[Sample, Case]] = {
    f"{sample.kind}/{each}": (sample, each) for sample in SAMPLES.values() for each in sample.cases
}
