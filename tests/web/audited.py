"""What a request writes of a company has its line in the audit (FEATURES 159): every request of these tests is watched for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import ExecStatus, TransactionStatus

from amate.audit.models import Entry
from amate.web.scope import company_scope

# What is no act: traces of who looks around, what is counted or limited, a form that is not sent yet, a number that was
# taken in vain.
NO_ACT = frozenset(
    {
        "access_apikey",
        "access_user",
        "companies_series",
        # Never but beside an act that has its line; counted also when that act was refused and took them back.
        "customers_fiscalprofile",
        "statements_accountlink",
        "desk_draft",
        "django_session",
        "procrastinate_events",
        "procrastinate_jobs",
        "rate_bucket",
        "self_invoicing_tally",
        "self_invoicing_visit",
        "usersessions_usersession",
    }
)
# A promise that is urged was made by an act before; one that is made is an act of now.
_COUNTED = b"""SELECT relname, CASE relname WHEN 'promises_promise' THEN n_tup_ins ELSE n_tup_ins + n_tup_upd + n_tup_del END
    FROM pg_stat_xact_user_tables"""

unheard: list[str] = []  # the tables that a request wrote without a line


@contextmanager
def watched_scope(company_id: int) -> Iterator[None]:
    """As the edge of the web opens it; looks at what was written just before it is committed."""
    with company_scope(company_id):
        before = _counted()  # the server forgets what transactions before this one wrote only when it is idle
        yield
        after = _counted()
        written = {table for table, rows in after.items() if rows > before.get(table, 0)}
        if Entry._meta.db_table not in written and (acts := written - NO_ACT):
            unheard.append(", ".join(sorted(acts)))


def _counted() -> dict[str, int]:
    """Rows written by table, asked below Django: a test that counts queries does not count this one."""
    raw = connection.connection
    if raw is None or raw.info.transaction_status != TransactionStatus.INTRANS:
        return {}
    told = raw.pgconn.exec_(_COUNTED)
    assert told.status == ExecStatus.TUPLES_OK, told.error_message
    rows = ((told.get_value(row, 0), told.get_value(row, 1)) for row in range(told.ntuples))
    return {table.decode(): int(count) for table, count in rows if table is not None and count is not None}
