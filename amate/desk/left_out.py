"""The rows that an act on many left as they were, as a file: each with its why, and all that its list says of it."""

from amate.desk.filters import At
from amate.desk.lists import LISTS
from amate.desk.models import Run
from amate.desk.sheet import MARK, line_of, text_of

AT_ONCE = 500


def sheet_of_left_out(run: Run, *, at: At) -> bytes:
    """CSV, in the order of the reasons; rows as they are now. One that is gone keeps its number and its why."""
    listing = LISTS[run.listing]
    lines = [MARK, line_of(["Número interno", "Por qué se quedó fuera", *(one.head for one in listing.columns)])]
    for why, ids in sorted(run.left_out.items()):
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            rows = {row.pk: row for row in listing.rows(at).filter(pk__in=some)}
            lines += [
                line_of([str(pk), why, *(text_of(rows[pk], listing.columns, at) if pk in rows else [])]) for pk in some
            ]
    return b"".join(lines)
