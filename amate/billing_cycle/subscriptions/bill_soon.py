"""What is due of a customer does not wait for tomorrow's run."""

from datetime import datetime

from amate.promises.kinds import BATCH
from amate.promises.promise import promise


def bill_soon(*, payer_id: int, now: datetime) -> None:
    """The worker bills what is due of him; of plans that a person reviews, nothing."""
    promise("bill", key=f"bill:customer:{payer_id}", now=now, priority=BATCH, payer_ids=[payer_id])
