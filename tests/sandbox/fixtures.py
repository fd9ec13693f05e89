"""One minted minted and one serving simulator for all tests of the PAC; each test starts it afresh by `reset`."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from amate.sandbox.mint import World, mint_world
from tests.sandbox.serving import Simulator, serving


@pytest.fixture(scope="session")
def minted(tmp_path_factory: pytest.TempPathFactory) -> World:
    return mint_world(tmp_path_factory.mktemp("minted") / "minted", now=datetime.now(UTC), ca_key_size=3072)


@pytest.fixture(scope="session")
def _served(minted: World) -> Iterator[Simulator]:
    with serving(minted) as simulator:
        yield simulator


@pytest.fixture
def simulator(_served: Simulator) -> Simulator:
    _served.admin("POST", "reset")
    _served.paths.clear()
    return _served


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)
