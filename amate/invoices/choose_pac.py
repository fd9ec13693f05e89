"""Which PAC a document goes to (DECISIONS C9, docs/decisions/0015). Pure.

One document, one PAC: whoever may have stamped it is the only one asked, until it surely has not. Two PACs know nothing of
each other and would give it two UUIDs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

ANY = "*"  # any of them may have it: a restored copy does not know whom the old installation asked


@dataclass(frozen=True, slots=True)
class PacStanding:
    """`resting`: its breaker is open or it asked for time. `stamps_left`: None when it is without limit or not known.
    `counts`: what it stamps is the SAT's."""

    code: str
    resting: bool = False
    stamps_left: int | None = None
    counts: bool = False


def choose_pac(standings: Sequence[PacStanding], *, held: str, passed_over: Collection[str]) -> str | None:
    """The PAC to ask, out of the accounts in their order; None when there is none.

    `held`: who may have the document. `passed_over`: who was asked in this run and surely did not process it. If all are
    resting, the first: a call that does not pass costs nothing and says until when.

    >>> sw, finkok = PacStanding("sw_sapien", resting=True), PacStanding("finkok")
    >>> choose_pac([sw, finkok], held="", passed_over=())
    'finkok'
    >>> choose_pac([sw, finkok], held="sw_sapien", passed_over=())
    'sw_sapien'
    >>> choose_pac([finkok], held="sw_sapien", passed_over=()) is None
    True
    """
    if held == ANY:
        return standings[0].code if len(standings) == 1 else ANY
    if held:
        return held if any(one.code == held for one in standings) else None
    left = [one for one in standings if one.code not in passed_over]
    awake = [one for one in left if not one.resting]
    ready = [one for one in awake if one.stamps_left != 0] or awake or left
    return ready[0].code if ready else None
