"""Filling the searchable keys from the catalogues in force (DECISIONS E7: nothing of the SAT's is committed)."""

from collections.abc import Iterable
from itertools import islice

from django.db import connections

from amate.catalogs.people_say import said_of
from amate.catalogs.search import plain_text
from amate.fiscal.catalogs import Searchable

# What people say weighs more than the SAT's own words: whoever types "renta" finds the key that landlords use.
INSERT = """
INSERT INTO catalogs_satkey (catalog, key, text, plain, said, desde, hasta, words)
SELECT catalog, key, text, plain, said, desde, hasta,
       setweight(to_tsvector('simple', said), 'A') || setweight(to_tsvector('simple', plain), 'B')
FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::date[], %s::date[])
  AS row(catalog, key, text, plain, said, desde, hasta)
WHERE NOT EXISTS (
  SELECT FROM catalogs_satkey AS kept WHERE (kept.catalog, kept.key) = (row.catalog, row.key)
    AND (kept.text, kept.said, kept.desde, kept.hasta) IS NOT DISTINCT FROM (row.text, row.said, row.desde, row.hasta)
)
ON CONFLICT (catalog, key) DO UPDATE SET
  text = excluded.text, plain = excluded.plain, said = excluded.said, desde = excluded.desde, hasta = excluded.hasta,
  words = excluded.words
"""
FORGET = "DELETE FROM catalogs_satkey WHERE catalog = %s AND NOT key = ANY(%s)"


def fill_keys(*, rows: Iterable[Searchable], database: str = "owner", chunk: int = 5000) -> int:
    """Store the keys, and forget those of their catalogues that are not among them; running it again changes only what
    changed. Returns how many rows were looked at."""
    seen: dict[str, list[str]] = {}
    waiting = iter(rows)
    with connections[database].cursor() as c:
        while part := list(islice(waiting, chunk)):
            for row in part:
                seen.setdefault(row.catalog, []).append(row.key)
            plain = [plain_text(row.text) for row in part]
            said = [plain_text(said_of(row.catalog, row.key, row.text)) for row in part]
            catalogs, keys, texts, since, until = (list(column) for column in zip(*part, strict=True))
            c.execute(INSERT, [catalogs, keys, texts, plain, said, since, until])
        for catalog, kept in seen.items():
            c.execute(FORGET, [catalog, kept])
    return sum(len(keys) for keys in seen.values())


def keys_are_filled(*, database: str = "owner") -> bool:
    with connections[database].cursor() as c:
        # Of those that were filled last when there were fewer: an older installation lacks it.
        c.execute("SELECT EXISTS (SELECT 1 FROM catalogs_satkey WHERE catalog = 'codigo_postal')")
        row = c.fetchone()
    return bool(row and row[0])
