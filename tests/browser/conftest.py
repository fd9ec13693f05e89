"""The browser and the site of the browser tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

# A busy machine is slow, not wrong.
expect.set_options(timeout=60_000)


@pytest.fixture
def browser(world: Any, running_browser: Browser) -> Iterator[Browser]:
    """As new for each test: whoever sat at it before has left."""
    yield running_browser
    for context in running_browser.contexts:
        context.close()


@pytest.fixture
def site(world: Any) -> Iterator[str]:
    """The site without a worker: what is asked waits until `world.settle()`."""
    from tests.servers import serve_site

    with serve_site() as address:
        yield address
