"""A claimed note has one live claim, whose invoice is meant for it (and for the buyer's other notes, if he joined them:
then it holds all or none); a claim that was released has given its invoice back,
or passed its note on to a substitute, or to the buyer who came after the global.

The ids are the claims'. The database's own keys forbid the doubles: this looks whether they did.
"""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from amate.invoices.models import RefusedBy, State
from amate.promises.models import Promise
from amate.self_invoicing.models import Claim, LeftGlobal
from amate.worker.invariants.look import Look, walk


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Claim.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    live = Q(released_at__isnull=True)
    given_back = _given_back("invoice") | _given_back("global_invoice")
    # Refused or cancelled a moment ago: the worker owes the release.
    owed = Exists(
        Promise.objects.open().filter(
            kind="release",
            key=Concat(
                Value("release:"), Cast(Coalesce(OuterRef("invoice_id"), OuterRef("global_invoice_id")), TextField())
            ),
        )
    )
    others = Claim.objects.live().exclude(pk=OuterRef("pk"))
    note_held = Exists(others.filter(ticket_id=OuterRef("ticket_id")))
    passed_on = Q(invoice__replaced_by__isnull=False) & note_held | Q(global_invoice__replaced_by__isnull=False)
    left = Exists(
        LeftGlobal.objects.filter(
            ticket_id=OuterRef("ticket_id"), global_invoice_id=OuterRef("global_invoice_id"), returned_at__isnull=True
        )
    )
    wrong = (live & given_back & ~owed) | (~live & ~given_back & ~passed_on & ~left) | (live & note_held)
    return list(Claim.objects.filter(wrong, pk__in=ids).order_by("pk").values_list("pk", flat=True))


def _given_back(document: str) -> Q:
    refused = Q(**{f"{document}__state": State.REFUSED, f"{document}__refused_by": RefusedBy.RECEIVER})
    return refused | Q(**{f"{document}__state": State.CANCELLED})
