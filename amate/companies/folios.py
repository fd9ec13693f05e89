"""Numbers without doubles, per company and series; without gaps too, but for what a restore leaves out."""

from django.db import connection

from amate.tenancy.scope import open_company

TAKE = """
INSERT INTO companies_series AS s (company_id, name, last) VALUES (%s, %s, 1)
ON CONFLICT (company_id, name) DO UPDATE SET last = s.last + 1 RETURNING last
"""
# To a whole thousand, so that whoever reads the books sees where the series goes on.
LEAVE_OUT = """
UPDATE companies_series SET last = (last + %s + 999) / 1000 * 1000 WHERE company_id = %s AND name = %s RETURNING last
"""


def take_folio(*, series: str) -> int:
    """The next number of a series, under its row lock until the transaction ends; a rollback gives it back."""
    return _last(TAKE, [open_company(), series])


def leave_out(*, series: str, count: int) -> int:
    """Pass over at least that many numbers of a series, for ever. Answers the last one that is left out."""
    return _last(LEAVE_OUT, [count, open_company(), series])


def _last(statement: str, values: list[int | str]) -> int:
    with connection.cursor() as c:
        c.execute(statement, values)
        row = c.fetchone()
    assert row is not None
    return int(row[0])
