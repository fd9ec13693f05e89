"""Filling the searchable keys from the data of the installed satcfdi (DECISIONS E7: nothing of the SAT's is committed)."""

from collections.abc import Iterable
from itertools import islice

from django.db import connections

from amate.catalogs.search import plain_text

INSERT = """
INSERT INTO catalogs_satkey (catalog, key, text, plain, words)
SELECT catalog, key, text, plain, setweight(to_tsvector('simple', plain), 'A')
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) AS row(catalog, key, text, plain)
ON CONFLICT (catalog, key) DO UPDATE SET text = excluded.text, plain = excluded.plain, words = excluded.words
WHERE catalogs_satkey.text <> excluded.text
"""


def fill_keys(*, rows: Iterable[tuple[str, str, str]], database: str = "owner", chunk: int = 5000) -> int:
    """Store (catalog, key, text); running it again changes only what changed. Returns how many rows were looked at."""
    seen, waiting = 0, iter(rows)
    with connections[database].cursor() as c:
        while part := list(islice(waiting, chunk)):
            catalogs, keys, texts = (list(column) for column in zip(*part, strict=True))
            c.execute(INSERT, [catalogs, keys, texts, [plain_text(text) for text in texts]])
            seen += len(part)
    return seen


def keys_are_filled(*, database: str = "owner") -> bool:
    with connections[database].cursor() as c:
        c.execute("SELECT EXISTS (SELECT 1 FROM catalogs_satkey)")
        row = c.fetchone()
    return bool(row and row[0])
