"""The browser of the browser tests, for the pages of staff, and a logged-in one without windows."""

import pytest

from tests.browser.conftest import browser as browser
from tests.browser.conftest import site as site
from tests.web.office.desk import Office
from tests.world import World


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)
