"""Chaining the audit: each entry is tied to the one before it, so that an edit behind our back shows (DECISIONS C12).

The digest of an entry is SHA-256 over the digest before it (32 zero bytes before the first) and its facts as JSON in
UTF-8: keys sorted, no spaces, nothing escaped that need not be; `at` in UTC with microseconds. This form never changes.

The order of the chain is the order of chaining: an entry whose transaction committed late is chained after younger ones.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256

from django.db import connection

from amate.audit.models import ChainHead, Entry
from amate.tenancy.writes import insert_unless_there, update_if

GENESIS = bytes(32)
AT_ONCE = 1000

LINK = """
UPDATE audit_entry AS e SET seq = w.seq, digest = w.digest
FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS w(id, seq, digest)
WHERE e.id = w.id AND e.seq IS NULL
"""


def chain(*, now: datetime, at_once: int = AT_ONCE) -> int:
    """Chain up to `at_once` entries, oldest first. Answers how many; 0 also when another worker is at it."""
    if not ChainHead.objects.exists():  # inserting in vain would wait for whoever holds the row
        insert_unless_there(ChainHead(seq=0, digest=GENESIS, moved_at=now))
    head: ChainHead | None = ChainHead.objects.select_for_update(skip_locked=True, no_key=True).first()
    if head is None:
        return 0
    # In a statement of its own, after the lock: it sees what the last holder chained.
    loose = Entry.objects.unchained().order_by("id")[:at_once]
    seq, digest, rows = head.seq, bytes(head.digest), []
    for entry in loose:
        seq += 1
        digest = link(entry, seq=seq, previous=digest)
        rows.append((entry.pk, seq, digest))
    if rows:
        ids, seqs, digests = zip(*rows, strict=True)
        with connection.cursor() as c:
            c.execute(LINK, [list(ids), list(seqs), list(digests)])
        update_if(head, still={"seq": head.seq}, seq=seq, digest=digest, moved_at=now)
    return len(rows)


def link(entry: Entry, *, seq: int, previous: bytes) -> bytes:
    """The digest of `entry` as number `seq` of its company's chain."""
    facts = {
        "about": entry.about,
        "act": entry.act,
        "actor": entry.actor,
        "actor_kind": entry.actor_kind,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "company": entry.company_id,
        "detail": entry.detail,
        "family": entry.family,
        "id": entry.pk,
        "request_id": entry.request_id,
        "seq": seq,
    }
    said = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(previous + said.encode()).digest()


def unchained_companies() -> list[int]:
    """Companies that have entries to chain. Asked outside any scope; the database tells ids and nothing else."""
    with connection.cursor() as c:
        c.execute("SELECT company_id FROM audit_unchained_companies()")
        return [int(company_id) for (company_id,) in c.fetchall()]
