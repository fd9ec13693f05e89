"""`company_scope`: the only door to a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction
from django.db.utils import InternalError
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

_open: ContextVar[int | None] = ContextVar("company", default=None)


class NoCompany(RuntimeError):
    """A company's table was asked outside a scope: open `company_scope` at the edge."""


class LostTransaction(InternalError):
    """An error was swallowed inside the scope; COMMIT would silently roll back behind an answer that says all is well."""


def open_company() -> int:
    """The company whose scope is open. Raises NoCompany outside one."""
    company_id = _open.get()
    if company_id is None:
        raise NoCompany("no company_scope is open: only the edge (web, worker, cli) opens one")
    return company_id


def scope_is_open() -> bool:
    return _open.get() is not None


@contextmanager
def company_scope(company_id: int) -> Iterator[None]:
    """One transaction of one company (DECISIONS A2). Never nested; raises LostTransaction if PostgreSQL gave it up."""
    if _open.get() is not None:
        raise RuntimeError("company_scope is already open: acts never open one, only the edge does")
    with transaction.atomic(durable=True):
        _begin(int(company_id))
        token = _open.set(company_id)
        try:
            yield
            if connection.needs_rollback or _status() == TransactionStatus.INERROR:
                raise LostTransaction("an error was swallowed inside company_scope")
        finally:
            _open.reset(token)
            # Under a TestCase the setting outlives our savepoint; clear it, or tests of "outside the scope" would lie.
            if len(connection.atomic_blocks) > 1 and _status() == TransactionStatus.INTRANS:
                _set_company("")


def _begin(company_id: int) -> None:
    """Django leaves BEGIN to the first statement: together with ours it is one journey instead of two."""
    if _status() != TransactionStatus.IDLE:
        if len(connection.atomic_blocks) == 1:  # under a TestCase there is one more
            raise LostTransaction(
                "a transaction was left open on this line: what is written now would not be committed"
            )
        _set_company(str(company_id))
        return
    with connection.wrap_database_errors:
        raw = connection.connection
        told = raw.pgconn.exec_(f"BEGIN; SELECT set_config('amate.company', '{company_id}', true)".encode())
        if told.status != ExecStatus.TUPLES_OK:
            raise error_from_result(told, encoding=raw.info.encoding)


def _set_company(value: str) -> None:
    with connection.cursor() as c:
        c.execute("SELECT set_config('amate.company', %s, true)", [value])


def _status() -> TransactionStatus:
    return TransactionStatus(connection.connection.info.transaction_status)
