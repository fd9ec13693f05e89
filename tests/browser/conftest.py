"""A real browser: Debian's chromium (E2E-1)."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

# A busy machine is slow, not wrong.
expect.set_options(timeout=60_000)


@pytest.fixture
def browser(world: Any) -> Iterator[Browser]:
    """One a test, and after its world: while it runs, Django refuses its database to this thread."""
    found = os.environ.get("AMATE_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise RuntimeError("install chromium, or name it in AMATE_CHROMIUM")
    # A root's chromium cannot build its sandbox.
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=args)
        yield launched
        launched.close()


@pytest.fixture
def site(world: Any) -> Iterator[str]:
    """The site without a worker: what is asked waits until `world.settle()`."""
    from tests.servers import serve_site

    with serve_site() as address:
        yield address
