"""Finding a SAT key by a person's words (ENGINE CAT-3)."""

import re
import unicodedata
from typing import Any

from django.db import connection

from amate.catalogs.models import SatKey

# Whole words and beginnings first, ranked; spelling mistakes by trigrams only when nothing else was found.
BY_WORDS = """
SELECT key, text FROM catalogs_satkey
WHERE catalog = %(catalog)s AND words @@ to_tsquery('simple', %(query)s)
ORDER BY ts_rank(words, to_tsquery('simple', %(query)s), 1) DESC, length(text), key LIMIT %(limit)s
"""
BY_LIKENESS = """
SELECT key, text FROM catalogs_satkey
WHERE catalog = %(catalog)s AND %(plain)s <%% plain
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
        "o",
        "para",
        "por",
        "servicio",
        "servicios",
        "un",
        "una",
        "y",
    ]
)


def search_keys(*, catalog: str, typed: str, limit: int = 20) -> list[tuple[str, str]]:
    """Keys and texts for what a person typed: a key's beginning, words in any order, or words with a typing error."""
    plain = plain_text(typed)
    if not plain:
        return []
    if re.fullmatch(r"[0-9]{2,8}|[a-z0-9]{2,3}", plain):
        rows = SatKey.objects.filter(catalog=catalog, key__startswith=plain.upper()).order_by("key")[:limit]
        found = [(row.key, row.text) for row in rows]
        if found:
            return found
    query = " & ".join(f"{_stem(word)}:*" for word in plain.split() if word not in PARTICLES) or f"{plain.split()[0]}:*"
    values: dict[str, Any] = {"catalog": catalog, "query": query, "plain": plain, "limit": limit}
    with connection.cursor() as c:
        c.execute(BY_WORDS, values)
        found = list(c.fetchall())
        if not found:
            c.execute(BY_LIKENESS, values)
            found = list(c.fetchall())
    return found


def _stem(word: str) -> str:
    """The singular, near enough for a prefix: `refrigeradores` must find `refrigerador`, and the other way round."""
    for ending in ("es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


def plain_text(text: str) -> str:
    """Lower case, no accents, words only: how texts are stored for search and how a question is read."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare))
