"""A newer edition of the catalogues comes into force, without a release of Amate (FEATURES 162, ENGINE CAT-2)."""

import json
import zlib
from datetime import datetime

from django.db import connections, transaction

from amate.catalogs.fill import fill_keys
from amate.catalogs.in_force import catalogs_of, rows_of
from amate.catalogs.models import Edition
from amate.catalogs.source import Source, digest_of
from amate.fiscal.catalogs import search_rows

OWNER = "owner"


class AlreadyInForce(Exception):
    """The source says nothing that is not in force already."""


def adopt_edition(*, source: Source, named: str, now: datetime) -> Edition:
    """Keep the edition and refill what people search; every process follows within a minute.

    Catalogues that the source lacks stay as they are in force. As the owner: the role that serves people only reads it.
    Raises AlreadyInForce, and SourceRefused for a table that no catalogue can be made of; then nothing was written.
    """
    newest = Edition.objects.using(OWNER).order_by("-id").first()
    before = rows_of(newest) if newest else {}
    tables = {**before, **source.tables}
    digest = digest_of(tables)
    if newest is not None and newest.digest == digest:
        raise AlreadyInForce
    version = f"SAT {now:%Y-%m-%d} {digest[:8]}"
    catalogs = catalogs_of(version, tables)
    edition = Edition(
        version=version,
        adopted_at=now,
        source=named[:200],
        digest=digest,
        rows=zlib.compress(json.dumps(tables, ensure_ascii=False).encode(), 9),
    )
    with transaction.atomic(using=OWNER):
        with connections[OWNER].cursor() as c:
            c.execute("LOCK TABLE catalogs_edition IN EXCLUSIVE MODE")
        edition.save(using=OWNER)
        fill_keys(rows=search_rows(catalogs), database=OWNER)
    return edition
