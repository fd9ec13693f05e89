"""What follows of one step of a promise, as a value: the worker's handlers turn it into the promise's own errors."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows when there is nothing to send, or the answer was no. `after` and `alarm` as in `promises.TryLater`.

    `free`: no PAC has the document, so another one may be asked at once.
    """

    next: Literal["nothing", "again", "staff"]
    sentence: str = ""
    after: float | None = None
    alarm: str = ""
    free: bool = False


NOTHING = Outcome("nothing")
