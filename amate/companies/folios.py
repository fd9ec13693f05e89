"""Numbers without gaps or doubles, per company and series."""

from django.db import connection

from amate.tenancy.scope import open_company

TAKE = """
INSERT INTO companies_series AS s (company_id, name, last) VALUES (%s, %s, 1)
ON CONFLICT (company_id, name) DO UPDATE SET last = s.last + 1 RETURNING last
"""


def take_folio(*, series: str) -> int:
    """The next number of a series, under its row lock until the transaction ends; a rollback gives it back."""
    with connection.cursor() as c:
        c.execute(TAKE, [open_company(), series])
        row = c.fetchone()
    assert row is not None
    return int(row[0])
