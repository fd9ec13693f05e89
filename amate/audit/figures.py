"""What the nightly look found, over all companies: numbers for whoever watches the installation."""

from django.db import connection


def broken_invariants() -> dict[str, int]:
    """{invariant: how much of it is broken}. Needs no company's scope."""
    with connection.cursor() as c:
        c.execute("SELECT invariant, broken FROM audit_broken_invariants()")
        return dict(c.fetchall())
