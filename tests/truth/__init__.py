"""Holds every exchange of the whole suite with a simulated vendor to what the vendor itself publishes.

`plugin.py` (registered in `tests/conftest.py`) watches every `Simulator`, also in processes that tests start
(`children/`), `checker.py` judges each exchange once, and a violation fails the test in which it happened.
"""
