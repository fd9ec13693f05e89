"""A restored copy knows nothing of what was sealed and stamped after the backup was made."""

from datetime import datetime, timedelta

from django.db.models import Q

from amate.companies.folios import leave_out
from amate.companies.models import Series
from amate.customers.accept import NUMBERS
from amate.invoices.choose_pac import ANY
from amate.invoices.models import Invoice, RefusedBy, Sealing, State
from amate.promises.lease import give_up
from amate.promises.models import Promise

SENTENCE = (
    "Estaba por sellarse cuando se hizo el respaldo. Si el sistema siguió trabajando después, puede que ya exista: "
    "búscala en tu PAC por RFC y total, y reintenta solo si no está."
)
# Folios that are left out: ten times what the series gave in as many days, and never fewer than these.
FEWEST_LEFT_OUT = 1000
SURELY = 10
MEASURED = timedelta(days=30)


def hold_what_may_exist(*, now: datetime) -> int:
    """Let no machine seal what was not sealed, or was to be sealed anew, in the backup: each waits for a person.

    Answers how many. Once, after a restore.
    """
    unsealed = Q(state=State.DRAFT) | Q(state=State.REFUSED, refused_by=RefusedBy.OURS)
    keys = [f"stamp:{invoice_id}" for invoice_id in Invoice.objects.filter(unsealed).values_list("id", flat=True)]
    return give_up(list(Promise.objects.open().filter(key__in=keys).values_list("id", flat=True)), why=SENTENCE)


def ask_for_what_was_sealed(*, now: datetime) -> int:
    """Let the PAC be asked for what was sealed in the backup, however old it is. Answers how many. Once, after a restore.

    Those bytes may have been stamped since: an answer that the copy never had is an answer that was lost. So they go out
    as they are, and nothing but a person seals them anew (SAFE-7).
    """
    sealed = list(Invoice.objects.filter(state__in=(State.SEALED, State.SENDING)).order_by("id"))
    for invoice in sealed:
        if invoice.state == State.SEALED:  # by the way that every lost answer goes
            invoice.move_to(State.SENDING)
        invoice.move_to(State.UNKNOWN, ever_ambiguous=True)
    # The old installation may have gone from one PAC to another since (C9).
    unknown = Sealing.objects.filter(superseded_at__isnull=True, invoice__state=State.UNKNOWN)
    Sealing.objects.filter(pk__in=list(unknown.values_list("pk", flat=True))).update(pac=ANY)
    return len(sealed)


def leave_out_folios(*, made_at: datetime, now: datetime) -> list[tuple[str, int, int]]:
    """Pass over the folios that may have been given after the backup of `made_at`: a gap is legal, a double is not.

    Answers (series, the last one the backup knows, the first one given from now on) of each series. Once. The numbers of
    customers are no folios: they go on where they stood.
    """
    told = []
    for series in Series.objects.filter(last__gt=0).exclude(name=NUMBERS).order_by("name"):
        recent = Invoice.objects.filter(serie=series.name, sealed_at__gt=made_at - MEASURED).count()
        given = SURELY * recent * ((now - made_at) / MEASURED)
        last = leave_out(series=series.name, count=max(FEWEST_LEFT_OUT, int(given)))
        told.append((series.name, series.last, last + 1))
    return told
