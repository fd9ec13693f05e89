"""An act's outcome as the promise's own errors."""

from amate.invoices.outcome import Outcome
from amate.promises.lease import GiveUp, TryLater


def follow(outcome: Outcome) -> None:
    """Raises TryLater or GiveUp; nothing when there is nothing more to do."""
    if outcome.next == "again":
        raise TryLater(outcome.sentence, after=outcome.after, alarm=outcome.alarm)
    if outcome.next == "staff":
        raise GiveUp(outcome.sentence)
