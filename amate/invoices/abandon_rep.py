"""A REP that was refused for what is ours, with data that no correction of ours saves: it is given up for good.

What it paid is owed a REP again, and nobody sends it any more. It stays in the list and in the history as it was.
"""

from datetime import datetime

from amate.audit.record import record
from amate.invoices.how_it_stands import document_of
from amate.invoices.models import Invoice, RefusedBy
from amate.invoices.reopen import reopen_instalments
from amate.invoices.what_may_be_done import why_not_abandoned
from amate.promises.lease import withdraw
from amate.tenancy.writes import rewrite


class NotAbandoned(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def abandon_rep(*, invoice_id: int, now: datetime) -> Invoice:
    """Its instalments are free: another REP may say the same payments. Raises NotAbandoned."""
    rep = Invoice.locked(invoice_id)
    why_not = why_not_abandoned(document_of(rep))
    if why_not:
        raise NotAbandoned(why_not)
    rewrite(rep, refused_by=RefusedBy.NOBODY)
    reopen_instalments(rep, now=now)
    withdraw([f"stamp:{rep.pk}"], now=now)
    record("rep.abandoned", about=f"invoice:{rep.pk}", now=now, code=rep.refusal_code, why=rep.refusal)
    return rep
