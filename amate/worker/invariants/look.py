"""What one stride of an invariant found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Look:
    """`broken`: ids, of what was known and of what was walked over. `through`: where the next stride begins; 0 when the
    round is whole and begins anew."""

    broken: list[int]
    through: int

    @property
    def whole(self) -> bool:
        return self.through == 0


class Looks(Protocol):
    def __call__(self, *, known: Sequence[int], after: int, at_most: int) -> Look: ...


def walk(
    rows: Any, broken_of: Callable[[list[int]], list[int]], *, known: Sequence[int], after: int, at_most: int
) -> Look:
    """A stride over the rows of a table in the order of their ids. `broken_of`: which of these ids break the invariant."""
    ids = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:at_most])
    return Look(broken_of([*known, *ids]), ids[-1] if len(ids) == at_most else 0)
