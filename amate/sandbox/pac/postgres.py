"""The simulator's memory in a PostgreSQL database of its own. It makes its tables itself and survives a restart."""

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from amate.sandbox.pac.state import Cancellation, Document

_TABLES: LiteralString = """
CREATE TABLE IF NOT EXISTS sim_document (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid text NOT NULL UNIQUE,
    sha256 text NOT NULL UNIQUE,
    sello text NOT NULL UNIQUE,
    customid text NOT NULL,
    rfc_emisor text NOT NULL,
    rfc_receptor text NOT NULL,
    total text NOT NULL,
    stamped bytea NOT NULL,
    fecha_timbrado text NOT NULL,
    no_certificado text NOT NULL,
    no_certificado_sat text NOT NULL,
    sello_sat text NOT NULL,
    cadena text NOT NULL,
    kept_at timestamptz NOT NULL
);
ALTER TABLE sim_document ADD COLUMN IF NOT EXISTS related text[] NOT NULL DEFAULT '{}';
CREATE INDEX IF NOT EXISTS sim_document_related ON sim_document USING gin (related);
CREATE TABLE IF NOT EXISTS sim_cancellation (
    uuid text PRIMARY KEY,
    rfc_emisor text NOT NULL,
    rfc_receptor text NOT NULL,
    motivo text NOT NULL,
    sustitucion text NOT NULL,
    asked_at timestamptz NOT NULL,
    deadline timestamptz,
    answer text NOT NULL,
    answered_at timestamptz,
    acuse bytea NOT NULL
);
CREATE INDEX IF NOT EXISTS sim_cancellation_receptor ON sim_cancellation (rfc_receptor, asked_at);
CREATE INDEX IF NOT EXISTS sim_document_customid ON sim_document (customid, id DESC);
CREATE TABLE IF NOT EXISTS sim_setting (id int PRIMARY KEY CHECK (id = 1), said jsonb NOT NULL);
"""
_COLUMNS = [field.name for field in fields(Document)]
_OF_CANCELLATION = [field.name for field in fields(Cancellation)]
_NAMES = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
_SELECT = sql.SQL("SELECT {} FROM sim_document ").format(_NAMES)
# The retry of `_rows` may find that its first try did arrive.
_INSERT = sql.SQL("INSERT INTO sim_document ({}) VALUES ({}) ON CONFLICT (uuid) DO NOTHING RETURNING id").format(
    _NAMES, sql.SQL(", ").join(sql.Placeholder() * len(_COLUMNS))
)

_CANCELLATION = sql.SQL("SELECT {} FROM sim_cancellation ").format(
    sql.SQL(", ").join(map(sql.Identifier, _OF_CANCELLATION))
)
_UPSERT = sql.SQL(
    "INSERT INTO sim_cancellation ({}) VALUES ({}) ON CONFLICT (uuid) DO UPDATE SET {} RETURNING uuid"
).format(
    sql.SQL(", ").join(map(sql.Identifier, _OF_CANCELLATION)),
    sql.SQL(", ").join(sql.Placeholder() * len(_OF_CANCELLATION)),
    sql.SQL(", ").join(
        sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in _OF_CANCELLATION if name != "uuid"
    ),
)


class PostgresStore:
    """One connection, opened again once when the server was restarted under it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = self._connect()

    def by_sha256(self, sha256: str) -> Document | None:
        return self._one(_SELECT + sql.SQL("WHERE sha256 = %s"), [sha256])

    def by_sello(self, sello: str) -> Document | None:
        return self._one(_SELECT + sql.SQL("WHERE sello = %s"), [sello])

    def by_uuid(self, uuid: str) -> Document | None:
        return self._one(_SELECT + sql.SQL("WHERE uuid = %s"), [uuid.upper()])

    def by_customid(self, customid: str) -> Document | None:
        return self._one(_SELECT + sql.SQL("WHERE customid = %s ORDER BY id DESC LIMIT 1"), [customid])

    def naming(self, uuid: str) -> list[Document]:
        rows = self._rows(_SELECT + sql.SQL("WHERE related @> %s ORDER BY id"), [[uuid.upper()]])
        return [_document(row) for row in rows]

    def keep(self, document: Document) -> None:
        # A tuple would be sent as a row, a list is an array.
        self._rows(_INSERT, [list(value) if isinstance(value, tuple) else value for value in astuple(document)])

    def cancellation(self, uuid: str) -> Cancellation | None:
        rows = self._rows(_CANCELLATION + sql.SQL("WHERE uuid = %s"), [uuid.upper()])
        return Cancellation(*rows[0]) if rows else None

    def keep_cancellation(self, cancellation: Cancellation) -> None:
        self._rows(_UPSERT, astuple(cancellation))

    def unanswered(self, rfc_receptor: str) -> list[Cancellation]:
        waiting = "WHERE rfc_receptor = %s AND deadline IS NOT NULL AND answer = '' ORDER BY asked_at, uuid"
        return [Cancellation(*row) for row in self._rows(_CANCELLATION + sql.SQL(waiting), [rfc_receptor])]

    def recent(self, limit: int) -> list[Document]:
        return [_document(row) for row in self._rows(_SELECT + sql.SQL("ORDER BY id DESC LIMIT %s"), [limit])]

    def count(self) -> int:
        return int(self._rows(sql.SQL("SELECT count(*) FROM sim_document"), [])[0][0])

    def settings(self) -> dict[str, Any]:
        rows = self._rows(sql.SQL("SELECT said FROM sim_setting WHERE id = 1"), [])
        return dict(rows[0][0]) if rows else {}

    def keep_settings(self, settings: dict[str, Any]) -> None:
        self._rows(
            sql.SQL(
                "INSERT INTO sim_setting VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET said = EXCLUDED.said RETURNING id"
            ),
            [Jsonb(settings)],
        )

    def reset(self) -> None:
        self._rows(
            sql.SQL(
                "WITH gone AS (DELETE FROM sim_document), undone AS (DELETE FROM sim_cancellation) "
                "DELETE FROM sim_setting RETURNING id"
            ),
            [],
        )

    def close(self) -> None:
        self._connection.close()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        connection = psycopg.connect(self._url, autocommit=True)
        connection.execute(_TABLES)
        return connection

    def _one(self, query: sql.SQL | sql.Composed, values: Sequence[Any]) -> Document | None:
        rows = self._rows(query, values)
        return _document(rows[0]) if rows else None

    def _rows(self, query: sql.SQL | sql.Composed, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except psycopg.OperationalError:
            self._connection.close()
            self._connection = self._connect()
            return self._connection.execute(query, values).fetchall()


def _document(row: Sequence[Any]) -> Document:
    facts = [*row[:-1], tuple(row[-1])]
    return Document(*facts)
