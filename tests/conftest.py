"""Fixtures of the whole suite: a real PostgreSQL, a real PAC simulator, a real SMTP server."""

import fcntl
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings as hypothesis

from tests import database
from tests.corpus import CORPUS_ABSENT
from tests.home import HOME

# What is measured is measured by a benchmark: no test fails because its machine was busy.
hypothesis.register_profile("house", deadline=None)
hypothesis.load_profile("house")

_held: list[Any] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")
    parser.addoption("--update-guide", action="store_true", help="make the pictures and numbers of docs/guia anew")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings
    from django.core.management import call_command

    settings.PASSWORD_HASHERS = ["tests.hasher.OneRound"]
    if hasattr(config, "workerinput"):  # an xdist worker: the controller has done the rest
        return
    os.environ["AMATE_TEST_RUN"] = str(os.getpid())
    HOME.mkdir(parents=True, exist_ok=True)
    if settings.EMBEDDED:
        from amate.running.postgres import embedded

        # Several runs may share the server; the last one to leave stops it.
        shared = (HOME / "in-use.lock").open("w")
        fcntl.flock(shared, fcntl.LOCK_SH)
        _held.append(shared)
        with database.alone("server"):
            embedded().start()
    database.make_template()
    # Before anything is imported: the site learns at its start which files there are.
    call_command("collectstatic", interactive=False, verbosity=0)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not _held:
        return
    shared = _held.pop()
    try:
        fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    finally:
        shared.close()
    from amate.running.postgres import embedded

    if not os.environ.get("AMATE_TEST_KEEP_SERVER"):
        embedded().stop()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Only the tests of the absent corpus may be skipped: any other skip fails the run (DECISIONS E11)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    strange = [report.nodeid for report in skipped if CORPUS_ABSENT not in str(report.longrepr)]
    if strange:
        reporter.write_line("skipped without leave: " + ", ".join(strange), red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def database_name() -> Iterator[str]:
    """This process's own clone of the migrated template; every connection of the process goes to it."""
    from django.conf import settings
    from django.db import connections

    name = f"test_amate_{os.environ['AMATE_TEST_RUN']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    database.clone_template(name)
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name
    os.environ["AMATE_DATABASE_NAME"] = name  # for processes that tests start
    yield name
    for alias in connections:
        connections[alias].close()
    database.drop_clone(name)


@pytest.fixture(scope="session")
def sat_keys(database_name: str, django_db_blocker: Any) -> None:
    """The SAT's keys of products and units, that people search by words. No test's rows are theirs to keep or to end."""
    from django.db import connections

    from amate.catalogs.fill import fill_keys
    from amate.fiscal.catalogs import search_rows

    with django_db_blocker.unblock():
        fill_keys(rows=search_rows())
        connections["owner"].close()


@pytest.fixture(scope="session", autouse=True)
def _nobody_adopts_catalogues_behind_a_test() -> None:
    """One query a minute, in whichever test it fell, would be counted against it."""
    from amate.web import newer_catalogs

    newer_catalogs.EVERY = float("inf")


@pytest.fixture
def committed(database_name: str, django_db_blocker: Any) -> Iterator[str]:
    """Real commits, as the app's role; every row is removed afterwards."""
    with django_db_blocker.unblock():
        yield database_name
    database.empty(database_name)


@pytest.fixture(scope="session")
def minted(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One sandbox world for the whole process: small keys for the authority, real ones for the leaves."""
    from datetime import UTC, datetime

    from amate.sandbox.mint import mint_world

    return mint_world(tmp_path_factory.mktemp("minted") / "world", now=datetime.now(UTC), ca_key_size=2048)


@pytest.fixture(scope="session")
def pac_server(minted: Any) -> Iterator[Any]:
    """The PAC simulator over real HTTP."""
    from tests.servers import serve_pac

    with serve_pac(minted) as server:
        yield server


@pytest.fixture(scope="session")
def second_pac_server(minted: Any) -> Iterator[Any]:
    """Another PAC, with a memory of its own: it knows nothing of what the first one stamped."""
    from tests.servers import serve_pac

    with serve_pac(minted) as server:
        yield server


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Any]:
    from tests.servers import catch_mail

    with catch_mail() as server:
        yield server


@pytest.fixture
def world(
    committed: str, minted: Any, pac_server: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Two companies with their people, keys, branches and CSDs; a PAC; a mailbox; a clock."""
    from tests.world import World

    pac_server.reset()
    mail_server.clear()
    made = World(minted=minted, pac=pac_server, mail=mail_server)
    monkeypatch.setattr("django.utils.timezone.now", made.now)
    made.inside(made.open)
    yield made
    made.close()


@pytest.fixture
def two_pacs(world: Any, second_pac_server: Any) -> Any:
    """The world with a second PAC, Finkok by its wire."""
    second_pac_server.reset()
    world.second = second_pac_server
    return world


@pytest.fixture
def live(world: Any) -> Iterator[str]:
    """The site over real HTTP, for the browser. Answers its address."""
    from tests.servers import serve_site

    with serve_site() as address, world.worker():
        yield address


@pytest.fixture(scope="module")
def running_browser(database_name: str) -> Iterator[Any]:
    """One a file, after the clone of the database is there: that is made in this thread."""
    from tests.browser.chromium import chromium

    with chromium() as launched:
        yield launched
