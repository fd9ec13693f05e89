"""Which products somebody may have meant by a key that none has."""

from django.db import connection

# Trigrams cannot use an index under a policy (DECISIONS A3b): one company's list is read, and only after a mistake.
NEAREST = """
SELECT key, descripcion FROM (
  SELECT key, descripcion, greatest(
    similarity(key, %(said)s), similarity(descripcion, %(said)s),
    similarity(regexp_replace(lower(key), '[^a-z0-9]', '', 'g'), regexp_replace(lower(%(said)s), '[^a-z0-9]', '', 'g'))
  ) AS likeness
  FROM companies_product WHERE is_active) AS listed
WHERE likeness > 0.25 ORDER BY likeness DESC, key LIMIT %(most)s
"""


def nearest_products(*, said: str, most: int = 3) -> list[tuple[str, str]]:
    """(key, description) of the active products whose key or description is most like what was said, best first."""
    with connection.cursor() as c:
        c.execute(NEAREST, {"said": said.replace("\x00", ""), "most": most})
        return [(key, descripcion) for key, descripcion in c.fetchall()]
