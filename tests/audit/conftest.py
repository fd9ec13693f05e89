"""A world in which nothing has been noted yet: opening its companies is an act too."""

from typing import Any

import pytest

from tests.database import as_owner


@pytest.fixture
def world(world: Any, committed: str) -> Any:
    with as_owner(committed) as c:
        c.execute("TRUNCATE audit_entry")
    return world
