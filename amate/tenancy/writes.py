"""Writes of one row. `save()` works its SQL out anew each time, at more cost than PostgreSQL's answer (decision 0006), and
has no word for standing back."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


def insert(row: models.Model) -> None:
    """As `row.save()` of a new row without signals; IntegrityError likewise."""
    made = _insert(row, "")
    assert made  # without ON CONFLICT PostgreSQL inserts or raises


def insert_unless_there(row: models.Model) -> bool:
    """Insert a new row, or answer False when any unique constraint already has its like: nothing was written then."""
    return _insert(row, "ON CONFLICT DO NOTHING")


def _insert(row: models.Model, conflict: str) -> bool:
    sql, fields = _insert_sql(type(row), conflict)
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
def _insert_sql(model: type[models.Model], conflict: str) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(_name(field) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({places}) {conflict} RETURNING id", fields  # noqa: S608


def insert_all(rows: Sequence[models.Model], *, once: tuple[str, ...] = ()) -> None:
    """Insert new rows of one model in one statement, without signals. With `once`, the attributes of a unique key: a row
    whose like is there is left out, and stays without a pk."""
    if not rows:
        return
    sql, fields = _insert_all_sql(type(rows[0]), once)
    db = connections[DEFAULT_DB_ALIAS]
    columns = [[field.get_db_prep_save(getattr(row, field.attname), db) for row in rows] for field in fields]
    with db.cursor() as c:
        c.execute(sql, columns)
        made = c.fetchall()
    if once:
        ids = {tuple(key): pk for pk, *key in made}
        made = [(ids.get(tuple(getattr(row, name) for name in once)),) for row in rows]
    for row, (pk, *_) in zip(rows, made, strict=True):
        row.pk = pk
        row._state.adding = pk is None


@cache
def _insert_all_sql(model: type[models.Model], once: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    columns = ", ".join(_name(field) for field in fields)
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    told = ", ".join(["id", *(_name(model._meta.get_field(name)) for name in once)])
    conflict = "ON CONFLICT DO NOTHING" if once else ""
    return (
        f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays}) {conflict} RETURNING {told}",  # noqa: S608
        fields,
    )


def rewrite(row: models.Model, **facts: Any) -> None:
    """Write `facts` to the row and keep them in it. Plain values only, no expressions."""
    update_if(row, still={}, **facts)
    for name, value in facts.items():
        setattr(row, name, value)


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
