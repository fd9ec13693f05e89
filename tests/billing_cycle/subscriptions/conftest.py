"""The wheel of a company, for tests of this room."""

from typing import Any

import pytest

from tests.billing_cycle.subscriptions.wheel import Wheel


@pytest.fixture
def wheel(world: Any) -> Wheel:
    return Wheel(world)
