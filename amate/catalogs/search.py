"""Finding a SAT key by a person's words (ENGINE CAT-3)."""

import re
import unicodedata
from datetime import date

from django.db import connection

from amate.catalogs.brands import thing_of_brand
from amate.catalogs.models import SatKey
from amate.catalogs.plurals import beginnings_of

# Whole words and beginnings first, ranked; spelling mistakes by trigrams only when nothing else was found. A postal code has
# the words of a hundred colonias: there those that stand together come first ("roma norte", not "romanos" and "norte").
BY_WORDS = """
SELECT key, text FROM catalogs_satkey
WHERE catalog = %(catalog)s AND words @@ to_tsquery('simple', %(query)s)
  AND (hasta IS NULL OR hasta >= %(day)s) AND (desde IS NULL OR desde <= %(day)s)
ORDER BY (catalog = 'codigo_postal' AND position(%(plain)s IN plain) > 0) DESC,
  ts_rank(words, to_tsquery('simple', %(query)s), 1) DESC, length(text), key LIMIT %(limit)s
"""
BY_LIKENESS = """
SELECT key, text FROM catalogs_satkey
WHERE catalog = %(catalog)s AND %(plain)s <%% plain
  AND (hasta IS NULL OR hasta >= %(day)s) AND (desde IS NULL OR desde <= %(day)s)
ORDER BY word_similarity(%(plain)s, plain) DESC, length(text), key LIMIT %(limit)s
"""


# Words that people add and the SAT's texts may lack.
PARTICLES = frozenset(
    [
        "a",
        "al",
        "con",
        "de",
        "del",
        "el",
        "en",
        "la",
        "las",
        "los",
        "mi",
        "o",
        "para",
        "por",
        "que",
        "servicio",
        "servicios",
        "un",
        "una",
        "y",
    ]
)


def search_keys(*, catalog: str, typed: str, day: date, limit: int = 20) -> list[tuple[str, str]]:
    """Keys that are alive on that day, for what a person typed: a key's beginning, words in any order, the SAT's or
    people's own, or words with a typing error."""
    plain = plain_text(typed)
    if not plain:
        return []
    if re.fullmatch(r"[0-9]{2,8}|[a-z0-9]{2,3}", plain):
        begin = SatKey.objects.filter(catalog=catalog, key__startswith=plain.upper()).alive(day)
        rows = begin.order_by("key")[:limit]
        found = [(row.key, row.text) for row in rows]
        if found:
            return found
    named = thing_of_brand(plain) if catalog == "clave_prod_serv" else ""
    found = _asked(BY_WORDS, catalog=catalog, plain=named, day=day, limit=limit) if named else []
    of_words = _asked(BY_WORDS, catalog=catalog, plain=plain, day=day, limit=limit)
    found += [one for one in of_words if one not in found]
    return found[:limit] or _asked(BY_LIKENESS, catalog=catalog, plain=plain, day=day, limit=limit)


def _asked(sql: str, *, catalog: str, plain: str, day: date, limit: int) -> list[tuple[str, str]]:
    words = [word for word in plain.split() if word not in PARTICLES] or plain.split()[:1]
    query = " & ".join("(" + " | ".join(f"{one}:*" for one in beginnings_of(word)) + ")" for word in words)
    with connection.cursor() as c:
        c.execute(sql, {"catalog": catalog, "query": query, "plain": plain, "day": day, "limit": limit})
        return list(c.fetchall())


def plain_text(text: str) -> str:
    """Lower case, no accents, words only: how texts are stored for search and how a question is read."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare))
