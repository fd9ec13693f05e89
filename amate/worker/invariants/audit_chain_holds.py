"""The audit is as it was chained. The ids are the numbers of its acts; `amate audit verify` tells what became of each."""

from collections.abc import Sequence

from amate.audit.models import Entry
from amate.audit.verify import Broken, verify
from amate.worker.invariants.look import Look


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    """One break a stride: the next one begins behind it, so that one does not hide the others."""
    still = [seq for seq in known if _breaks_at(seq)]
    found = verify(after=after, at_most=at_most)
    if found.broken is None:
        return Look(still, 0 if found.whole else found.chained)
    return Look(sorted({*still, found.broken.seq}), _behind(found.broken))


def _breaks_at(seq: int) -> bool:
    broken = verify(after=max(seq - 1, 0), at_most=1).broken
    return broken is not None and broken.seq <= seq


def _behind(broken: Broken) -> int:
    """The first link that is there, for the next stride to begin at. None, or put there by others: the round ends."""
    if broken.what == "inserted":
        return 0
    following = Entry.objects.filter(seq__gte=broken.seq).order_by("seq").values_list("seq", flat=True).first()
    return following or 0
