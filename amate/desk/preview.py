"""Before an act on many rows: how many it takes, what they add up to, and which it leaves out and why."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Case, CharField, Value, When

from amate.desk.acts import Act
from amate.desk.listing import Asked, Sums, sum_of

TAKEN = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """`ids` in the order of locks. `left_out`: why, and which. `too_many`: more than one act may take, nothing was
    counted."""

    ids: list[int]
    sums: Sums
    left_out: dict[str, list[int]]
    too_many: bool = False

    @property
    def left(self) -> list[tuple[str, int]]:
        """Why, and how many."""
        return sorted((why, len(ids)) for why, ids in self.left_out.items())


def preview_act(act: Act, asked: Asked, *, ids: list[int] | None, now: datetime) -> Preview:
    """`ids`: the rows that were ticked; None means all of the list as it is narrowed."""
    rows = asked.listing.rows(asked.at).filter(pk__in=ids) if ids is not None else asked.rows()
    rows = rows.select_related(None).prefetch_related(None)
    found = list(rows.order_by("id").values_list("id", flat=True)[: act.most + 1])
    if len(found) > act.most:
        return Preview([], Sums(0, Decimal(0), 0), {}, too_many=True)
    table = asked.listing.rows(asked.at).model.objects.filter(pk__in=found)
    whys = [When(condition, then=Value(why)) for condition, why in act.leaves(now)]
    told = table.annotate(why=Case(*whys, default=Value(TAKEN), output_field=CharField())).order_by("id")
    taken: list[int] = []
    left: dict[str, list[int]] = {}
    for pk, why in told.values_list("id", "why"):
        if why == TAKEN:
            taken.append(pk)
        else:
            left.setdefault(why, []).append(pk)
    return Preview(taken, sum_of(asked.listing, table.filter(pk__in=taken)), left)
