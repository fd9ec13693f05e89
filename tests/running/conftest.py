"""Where a backup is restored: an empty database, and one key of the SAT so that it need not be filled in."""

import os
from collections.abc import Iterator

import pytest
from psycopg import sql

from tests.database import as_owner, drop_clone


@pytest.fixture
def empty_database() -> Iterator[str]:
    """As `amate serve` finds one on a new machine: made, and nothing in it."""
    name = f"test_amate_{os.getpid()}_restored"
    drop_clone(name)
    with as_owner() as c:
        c.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    drop_clone(name)


@pytest.fixture
def keys(database_name: str) -> Iterator[None]:
    """One key of the SAT, so that a restore need not fill in all of them."""
    with as_owner(database_name) as c:
        made = "INSERT INTO catalogs_satkey (catalog, key, text, plain, words) VALUES ('test', 'x', '', '', '')"
        c.execute(made)
        yield
        c.execute("DELETE FROM catalogs_satkey WHERE catalog = 'test'")
