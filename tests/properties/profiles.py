"""How many examples: a few, always the same, or a hundred times as many with `--hypothesis-profile=long`."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

LONG = "long"


def is_long() -> bool:
    """Whether to look for hours."""
    return settings.get_current_profile_name() == LONG


def few(examples: int) -> settings:
    """So many examples in a normal run, and a hundred times as many, by chance, in a long one.

    Only a long run looks for the smallest example that fails: over HTTP that takes minutes.
    """
    return settings(
        max_examples=examples * 100 if is_long() else examples,
        phases=[Phase.generate, Phase.shrink] if is_long() else [Phase.generate],
        derandomize=not is_long(),
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
