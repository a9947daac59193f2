"""What holds for every test: the simulated vendors are told, and tell, nothing untrue."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.truth.plugin import MARK, Report


def pytest_configure(config: pytest.Config) -> None:
    """Watch every exchange; BILLFORM_SPECS names the directory with the vendors' OpenAPI files."""
    # Vendors speak plain HTTP here. To read the web's authorities for each client takes longer than most tests do.
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = os.devnull
    specs = os.environ.get("BILLFORM_SPECS")
    config.addinivalue_line("markers", MARK)
    config.pluginmanager.register(Report(config, Path(specs) if specs else None), "truth")
