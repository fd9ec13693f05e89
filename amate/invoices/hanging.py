"""What hangs on a document: the facts that `plan_cancellation` decides on."""

from decimal import Decimal

from django.db.models import Q

from amate.companies.models import Emisor
from amate.fiscal.clock import zone_of
from amate.invoices.models import DEAD, Instalment, Invoice, Relation
from amate.invoices.plan_cancellation import Standing

SUBSTITUTION = "04"


def standing_of(invoice: Invoice) -> Standing:
    """The document and everything that names it and is not dead, those on their way to the SAT too."""
    return _standing(invoice, seen=set())


def persona_of_issuer() -> str:
    """M or F, by the length of the RFC."""
    return "M" if len(Emisor.objects.get().rfc) == 12 else "F"


def hanging_on(invoice_id: int) -> list[Invoice]:
    """The documents that name it, newest first. A substitute does not hang on what it replaces: its own motivo is 01."""
    names = Relation.objects.filter(related_id=invoice_id).exclude(tipo_relacion=SUBSTITUTION).values("invoice_id")
    pays = Instalment.objects.live().filter(invoice_id=invoice_id).values("rep_id")
    found = Invoice.objects.filter(Q(pk__in=names) | Q(pk__in=pays)).exclude(state__in=DEAD)
    return list(found.select_related("branch").order_by("-pk"))


def named_by(invoice: Invoice) -> list[int]:
    """Ids of the documents that it names or pays: those that waited for it to go."""
    named = Relation.objects.filter(invoice=invoice).values_list("related_id", flat=True)
    paid = Instalment.objects.filter(rep=invoice).values_list("invoice_id", flat=True)
    return sorted({*named, *paid})


def _standing(invoice: Invoice, *, seen: set[int]) -> Standing:
    seen.add(invoice.pk)
    return Standing(
        id=invoice.pk,
        number=str(invoice),
        kind=invoice.kind,
        state=invoice.state,
        rfc=invoice.rfc,
        total=invoice.total * Decimal(invoice.tipo_cambio or 1),
        issued_on=(invoice.sealed_at or invoice.created_at).astimezone(zone_of(invoice.branch.cp)).date(),
        hangs=tuple(_standing(one, seen=seen) for one in hanging_on(invoice.pk) if one.pk not in seen),
    )
