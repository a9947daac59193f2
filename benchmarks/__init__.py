"""How few requests and how little time Billform takes, as ratios that anyone can reproduce: `python -m benchmarks`."""
