"""A real browser: Debian's chromium (E2E-1)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


@contextmanager
def chromium() -> Iterator[Browser]:
    """While it runs, Django refuses its database to this thread."""
    found = os.environ.get("AMATE_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise RuntimeError("install chromium, or name it in AMATE_CHROMIUM")
    # A root's chromium cannot build its sandbox.
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=args)
        yield launched
        launched.close()
