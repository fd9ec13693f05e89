"""Whatever money paid is looked at by whoever documents it: owed in the very commit, so that no way of paying can forget it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from amate.promises.kinds import BATCH, SOMEBODY_WAITS
from amate.promises.promise import promise_all

AT_ONCE = 100
KIND = "document_payments"


def owe_documents(payment_ids: Iterable[int], *, now: datetime, at: datetime | None = None) -> None:
    """Owe a look at what these payments paid, `at` that instant or now. Of one promise there are at most 100; asked twice,
    it is looked at twice, and the second finds nothing left to do."""
    ids = sorted(set(payment_ids))
    some = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    wanted = {_key(one, at): {"payments": one} for one in some}
    promise_all(kind=KIND, wanted=wanted, now=now, priority=BATCH if len(ids) > 1 else SOMEBODY_WAITS, at=at)


def _key(payment_ids: Sequence[int], at: datetime | None) -> str:
    """The same key always asks for the same payments: who asks again would otherwise write over whom they were."""
    which = str(payment_ids[0])
    if len(payment_ids) > 1:
        which = sha256(",".join(map(str, payment_ids)).encode()).hexdigest()[:24]
    return f"document:{which}" if at is None else f"document:{which}:{at:%Y%m%d%H%M}"
