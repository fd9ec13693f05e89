"""No line of the log holds a billing code, whatever brought it there."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from django.db import OperationalError
from django.test import Client

from amate.running.logs import formatter
from amate.self_invoicing.codes import new_code, show_code
from tests.world import World


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as the real handler writes it."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(formatter())
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security.csrf")]
    for logger in loggers:
        logger.addHandler(handler)
    yield said
    for logger in loggers:
        logger.removeHandler(handler)


def fails(*said: Any, **more: Any) -> NoReturn:
    raise OperationalError("the connection is closed")


def holds(text: str, code: str) -> bool:
    return code in text or show_code(code) in text


@pytest.mark.parametrize("write", [str, show_code])
def test_a_scan_while_the_database_is_down_logs_no_code(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, write: Any
) -> None:
    monkeypatch.setattr("amate.web.scope._BY_SLUG.first", fails)
    code = new_code()
    answer = Client(raise_request_exception=False).get(f"{world.shop.portal}{write(code)}/124850")
    said = log.getvalue()
    assert answer.status_code == 500
    assert f"Internal Server Error: {world.shop.portal}…" in said
    assert (
        f"<WSGIRequest: GET \\'{world.shop.portal}…\\'>" in said or f"<WSGIRequest: GET '{world.shop.portal}…'>" in said
    )
    assert "OperationalError" in said
    assert answer["X-Request-Id"] in said
    assert not holds(said, code)
    assert "124850" not in said


def test_a_fault_below_the_portal_logs_no_code(world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amate.web.portal.code.find_ticket", fails)
    code = new_code()
    answer = Client(raise_request_exception=False).get(f"{world.shop.portal}{code}/124850")
    assert answer.status_code == 500
    assert "Internal Server Error" in log.getvalue()
    assert not holds(log.getvalue(), code)


def test_a_post_to_the_address_of_a_qr_logs_no_code(world: World, log: io.StringIO) -> None:
    code = new_code()
    answer = Client(enforce_csrf_checks=True).post(f"{world.shop.portal}{code}/124850")
    assert answer.status_code == 403
    assert "Forbidden" in log.getvalue()
    assert not holds(log.getvalue(), code)


def test_a_fault_of_the_api_logs_no_code(world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amate.web.api.tickets.ticket_of_code", fails)
    code = new_code()
    world.client.raise_request_exception = False
    for path in (code, f"{show_code(code)}/note.pdf"):
        assert world.api("GET", f"/tickets/{path}").status_code == 500
    assert log.getvalue().count("Internal Server Error: /api/v1/tickets/…") == 2
    assert not holds(log.getvalue(), code)


def test_gunicorn_writes_through_the_same_door() -> None:
    """As in a web process: gunicorn's logger first, then ours."""
    code = new_code()
    lines = [
        "from gunicorn.config import Config",
        "from gunicorn.glogging import Logger",
        "gunicorn = Logger(Config())",
        "import django; django.setup()",
        f"gunicorn.error('Error handling request %s', '/f/tienda/{code}/124850')",
    ]
    said = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True).stderr
    assert "Error handling request /f/tienda/…" in said
    assert not holds(said, code)


@pytest.fixture
def stderr(committed: str) -> Iterator[io.StringIO]:
    """What the handler of the settings itself writes."""
    (handler,) = (one for one in logging.getLogger().handlers if one.get_name() == "stderr")
    assert isinstance(handler, logging.StreamHandler)
    said = io.StringIO()
    before = handler.setStream(said)
    yield said
    handler.setStream(before)


TOKENS = [
    "/empezar/{}",
    "/cuenta/invitacion/{}/",
    "/cuenta/correo/{}/",
    "/cuenta/password/reset/key/{}/",
    "/f/cafeteria/cuenta/una-vez/{}/",
]
PAGE_TOKEN = "Zt3-kq3fY0x_wPfWm2c9sVb1LrQ8yTnE4uHjKd7aXoI"


@pytest.mark.parametrize("path", [*TOKENS, "/f/cafeteria/{}/124850"])
def test_a_foreign_host_is_answered_with_one_line_that_tells_no_secret(stderr: io.StringIO, path: str) -> None:
    secret = new_code() if path.startswith("/f/") else "k7-eyJ1c2VyIjo0fQ_x"
    answer = Client().get(path.format(secret), HTTP_HOST="attacker.example")
    assert answer.status_code == 400
    (line,) = stderr.getvalue().splitlines()
    assert "level='warning'" in line
    assert "attacker.example" in line
    assert answer["X-Request-Id"] in line
    assert secret not in line
    assert "Traceback" not in line


@pytest.mark.parametrize("path", TOKENS)
def test_the_token_of_a_link_is_masked_wherever_its_path_is_logged(stderr: io.StringIO, path: str) -> None:
    logging.getLogger("django.request").error("Internal Server Error: %s", path.format("k7-eyJ1c2VyIjo0fQ_x:1vH"))
    assert path.format("…") in stderr.getvalue()


@pytest.mark.parametrize("path", ["/f/cafeteria/cuenta/{}/", "/cuenta/{}/estado.pdf", "/f/cafeteria/-/atencion/{}.svg"])
def test_the_token_of_a_customers_page_is_masked_wherever_its_path_is_logged(stderr: io.StringIO, path: str) -> None:
    logging.getLogger("django.request").error("Internal Server Error: %s", path.format(PAGE_TOKEN))
    assert PAGE_TOKEN not in stderr.getvalue()
    assert path.partition("{")[0] in stderr.getvalue()


def test_nobody_writes_an_access_log() -> None:
    from amate.running.serve import web_command

    assert not [part for part in web_command() if "access" in part]


@pytest.mark.parametrize(
    "text",
    [
        "request_id='0123456789ab' event='ready'",
        'File "/app/django/contrib/contenttypes/models.py", line 3',
        "/f/cafeteria-el-amate/datos/",
        "/f/mi-tienda-sol-1-extra/datos/",
        "/cuenta/password/change/",
        "/f/cafeteria/cuenta/",
    ],
)
def test_what_is_no_code_stays_legible(text: str) -> None:
    from amate.running.logs import without_secrets

    assert without_secrets(text) == text
