"""Two writes that the ORM has no short word for."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


def insert_unless_there(row: models.Model) -> bool:
    """Insert a new row, or answer False when any unique constraint already has its like: nothing was written then."""
    sql, fields = _insert(type(row))
    db = connections[DEFAULT_DB_ALIAS]  # once: `connection` finds it anew at every attribute
    with db.cursor() as c:
        c.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), db) for field in fields])
        made = c.fetchone()
    if made is None:
        return False
    row.pk = made[0]
    row._state.adding = False
    return True


@cache
def _insert(model: type[models.Model]) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(_name(field) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING RETURNING id", fields  # noqa: S608


def update_if(row: models.Model, *, still: Mapping[str, Any], **facts: Any) -> bool:
    """Write `facts` to the row if it is `still` as was read: compare-and-set. Plain values only, no expressions."""
    meta = row._meta
    changes = [(meta.get_field(name), value) for name, value in facts.items()]
    proofs = [(meta.get_field(name), value) for name, value in still.items()]
    sets = ", ".join(f"{_name(field)} = %s" for field, _ in changes)
    tests = " AND ".join(["id = %s", *(f"{_name(field)} = %s" for field, _ in proofs)])
    with connection.cursor() as c:
        values = [_value(field, value) for field, value in changes]
        c.execute(
            f"UPDATE {_table(row)} SET {sets} WHERE {tests}",  # noqa: S608
            [*values, row.pk, *(_value(field, value) for field, value in proofs)],
        )
        return bool(c.rowcount)


def _table(row: models.Model) -> str:
    return connection.ops.quote_name(row._meta.db_table)


def _name(field: Any) -> str:
    return connection.ops.quote_name(field.column)


def _value(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)
