"""A kept line is believed while it has nothing to say, and asked as soon as it has."""

import time
from typing import Any

from django.db import connection

from amate.self_invoicing.models import Ticket
from tests.database import as_admin, as_owner


def end(pid: int) -> None:
    with as_admin() as c:
        c.execute("SELECT pg_terminate_backend(%s)", [pid])
        while c.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone():
            pass


def next_request() -> None:
    """What Django does when a request starts."""
    connection.health_check_done = False
    connection.close_if_health_check_failed()


def test_an_idle_line_is_usable_without_a_question(world: Any) -> None:
    last = "SELECT state, query FROM pg_stat_activity WHERE pid = %s"

    def look() -> tuple[bool, str]:
        connection.ensure_connection()
        connection.connection.execute("SELECT 'the last question'")
        usable = connection.is_usable()
        with as_admin() as c:
            row = c.execute(last, [connection.connection.info.backend_pid]).fetchone()
        assert row is not None
        return usable, row[1]

    assert world.inside(look) == (True, "SELECT 'the last question'")


def test_a_line_that_postgresql_ended_is_not_used_again(world: Any) -> None:
    ticket = world.sale()

    def cut() -> None:
        connection.ensure_connection()
        dead = connection.connection.info.backend_pid
        end(dead)
        assert not connection.is_usable()
        connection.health_check_enabled = True
        next_request()
        connection.ensure_connection()
        assert connection.connection.info.backend_pid != dead

    world.inside(cut)
    assert world.scoped(lambda: Ticket.objects.get().pk) == ticket.pk


def test_a_notice_in_the_line_does_not_make_it_unusable(world: Any) -> None:
    """Something to read that is no end: PostgreSQL itself is asked then, and answers."""

    def told() -> bool:
        connection.ensure_connection()
        raw = connection.connection
        raw.execute("LISTEN amate_test")
        if raw.info.transaction_status.name != "IDLE":
            raw.commit()
        with as_owner(raw.info.dbname) as c:
            c.execute("NOTIFY amate_test")
        time.sleep(0.2)
        usable = connection.is_usable()
        raw.execute("UNLISTEN amate_test")
        return bool(usable)

    assert world.inside(told)


def test_a_closed_line_is_not_usable(world: Any) -> None:
    def closed() -> bool:
        connection.ensure_connection()
        connection.connection.close()
        usable = connection.is_usable()
        connection.close()
        return bool(usable)

    assert world.inside(closed) is False
