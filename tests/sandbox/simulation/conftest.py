"""One minted world for every run: its certificates are in force when the runs begin."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest
from psycopg import sql

from amate.sandbox.mint import mint_world
from amate.sandbox.simulation.day import quietly
from amate.sandbox.simulation.run import STARTS
from tests import database


@pytest.fixture(scope="session")
def minted_then(tmp_path_factory: pytest.TempPathFactory) -> Any:
    began = datetime.combine(STARTS, time(), tzinfo=UTC)
    return mint_world(tmp_path_factory.mktemp("simulation") / "world", now=began, ca_key_size=2048)


@pytest.fixture(autouse=True)
def _what_goes_wrong_is_no_news() -> Iterator[None]:
    with quietly():
        yield


@pytest.fixture(autouse=True, scope="package")
def _no_commit_waits_for_the_disk(database_name: str) -> Iterator[None]:
    """Processes die in these runs, and no machine loses its power. Afterwards it is as for every other test."""
    one = sql.Identifier(database_name)
    with database.as_owner() as c:
        c.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit TO off").format(one))
    yield
    with database.as_owner() as c:
        c.execute(sql.SQL("ALTER DATABASE {} RESET synchronous_commit").format(one))
