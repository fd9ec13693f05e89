"""Reading the chain again, from its first link to its head."""

from dataclasses import dataclass
from typing import Literal

from amate.audit.chain import GENESIS, link
from amate.audit.models import ChainHead, Entry

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold. `edited`: its facts or its digest are not what was chained; `deleted`: it is
    gone; `inserted`: it stands behind the last link that we made."""

    seq: int
    what: Literal["edited", "deleted", "inserted"]
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`chained` entries hold up to `broken`; `tail` are not chained yet, so nothing is known about them.

    `head` is the digest of the last link, in hex: who writes it down elsewhere can later ask whether the chain still
    goes through it. Not `whole`: the walk was told to stop before the head, at `chained`.
    """

    chained: int
    tail: int
    head: str
    broken: Broken | None = None
    whole: bool = True


def verify(*, after: int = 0, at_most: int | None = None) -> Verdict:
    """Walk the chain of the company whose scope is open. Memory stays flat however long it is.

    `after`: begin behind that link, whose digest is believed; `at_most`: so many links, for who walks a long chain in
    many strides.
    """
    tail = Entry.objects.unchained().count()
    head: ChainHead | None = ChainHead.objects.first()
    last, digest = (head.seq, bytes(head.digest)) if head else (0, GENESIS)
    stop = None if at_most is None else after + at_most
    seq, walked, broken = _walk(after, last=last, stop=stop)
    if broken is None and seq == stop and seq < last:
        return Verdict(chained=seq, tail=tail, head=walked.hex(), whole=False)
    if broken is None and seq < last:
        broken = Broken(seq + 1, "deleted")
    if broken is None and walked != digest:
        broken = Broken(seq, "edited")
    return Verdict(chained=seq, tail=tail, head=walked.hex(), broken=broken)


def _walk(after: int, *, last: int, stop: int | None) -> tuple[int, bytes, Broken | None]:
    """The last link that holds, its digest, and what broke behind it. Stops at `stop`, but not at the head: what was put
    behind that is looked for."""
    begin = digest_at(after) if after else GENESIS.hex()
    if begin is None:
        return after - 1, GENESIS, Broken(after, "deleted")
    seq, walked = after, bytes.fromhex(begin)
    while rows := list(Entry.objects.filter(seq__gt=seq).order_by("seq")[: _stride(seq, last=last, stop=stop)]):
        for entry in rows:
            broken = _broken(entry, after=seq, previous=walked, last=last)
            if broken is not None:
                return seq, walked, broken
            seq, walked = seq + 1, bytes(entry.digest or b"")
    return seq, walked, None


def _stride(seq: int, *, last: int, stop: int | None) -> int:
    if stop is None or seq >= last:
        return AT_ONCE
    return min(AT_ONCE, max(stop - seq, 0))


def digest_at(seq: int) -> str | None:
    """The digest of link `seq` in hex, to be compared with one that was written down; None if there is no such link."""
    found = Entry.objects.filter(seq=seq).values_list("digest", flat=True).first()
    return bytes(found).hex() if found else None


def _broken(entry: Entry, *, after: int, previous: bytes, last: int) -> Broken | None:
    assert entry.seq is not None
    if entry.seq > last:
        return Broken(entry.seq, "inserted", entry.pk)
    if entry.seq != after + 1:
        return Broken(after + 1, "deleted")
    if link(entry, seq=entry.seq, previous=previous) != bytes(entry.digest or b""):
        return Broken(entry.seq, "edited", entry.pk)
    return None
