"""The notes of one branch and period: which of them a factura global takes, and why the others stay out (GLO-1, GLO-4).

What is said of a period adds up to what was sold in it: every note is counted once.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import GlobalPeriod
from amate.fiscal.ingreso import PPD
from amate.invoices.models import AT_THE_SAT, ON_THE_WAY, RefusedBy, State
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.what_remains import refunded_cents

# Each fate with its words and, where the list of notes knows it by one, its state there.
FATES = {
    "enters": ("Entran en la global", ""),
    "in_global": ("Ya están en una factura global", "in_global"),
    "invoiced": ("Tienen su propia factura", "invoiced"),
    "issuing": ("Se están facturando", "issuing"),
    "credit": ("Vendidas a crédito: nunca entran", ""),
    "withheld": ("Llevan retenciones: necesitan su propia factura", ""),
    "locked": ("En revisión: desbloquéalas o cancélalas", "locked"),
    "zero": ("No costaron nada", ""),
    "void": ("Canceladas", "void"),
}

LONGEST_ID = 19  # digits that every id of the database has room for


@dataclass(frozen=True, slots=True)
class Fate:
    """How many notes of the period share it, and what they add up to in pesos."""

    name: str
    notes: int
    total: Decimal

    @property
    def words(self) -> str:
        return FATES[self.name][0]

    @property
    def state(self) -> str:
        return FATES[self.name][1]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """`sold`: all of the period; every note has one of `fates`, with what remains of it, and `refunded` is the rest. `in_time`: of those that enter, how many their buyers may still
    invoice in the portal."""

    sold: Fate
    fates: tuple[Fate, ...]
    in_time: int
    refunded: Decimal

    @property
    def enters(self) -> Fate:
        return next(fate for fate in self.fates if fate.name == "enters")


def notes_of_period(*, branch: Branch, period: GlobalPeriod) -> Any:
    return notes_between(branch=branch, first=period.first, last=period.last)


def notes_between(*, branch: Branch, first: date, last: date) -> Any:
    """By the days of the place of sale, both inside; each with its `fate`, one of FATES."""
    zone = zone_of(branch.cp)
    start = datetime.combine(first, time(), tzinfo=zone)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    return (
        Ticket.objects.sold()
        .filter(branch=branch, sold_at__gte=start, sold_at__lt=end)
        .annotate(fate=Coalesce(_of_its_claim(), _OF_ITSELF))
    )


def reckon(*, branch: Branch, period: GlobalPeriod, now: datetime) -> Reckoning:
    """One statement, whatever the number of notes."""
    notes = notes_of_period(branch=branch, period=period).annotate(back=Coalesce(refunded_cents(), 0))
    found = (
        notes.values("fate")
        .order_by()
        .annotate(
            notes=Count("pk"),
            cents=Sum(F("total_cents") - F("back")),
            given_back=Sum("back"),
            in_time=Count("pk", filter=Q(deadline__gt=now)),
        )
    )
    known = {row["fate"]: row for row in found}
    fates = [
        Fate(name, row["notes"], Decimal(row["cents"]) / 100)
        for name in FATES
        if (row := known.get(name, {"notes": 0, "cents": 0}))
    ]
    refunded = Decimal(sum(row["given_back"] for row in known.values())) / 100
    sold = Fate("sold", sum(fate.notes for fate in fates), sum((fate.total for fate in fates), refunded))
    return Reckoning(sold, tuple(fates), known["enters"]["in_time"] if "enters" in known else 0, refunded)


@dataclass(frozen=True, slots=True)
class PartOfFate:
    """Some notes, each with its `remaining`, and the mark after which the next ones come; empty at the end."""

    notes: list[Ticket]
    after: str


def part_of_fate(*, branch: Branch, period: GlobalPeriod, fate: str, after: str, size: int) -> PartOfFate:
    """In the order of the global. `after`: a mark that an earlier part gave; what is none of ours starts anew. What all
    parts show adds up to what `reckon` says of the fate."""
    rows = notes_of_period(branch=branch, period=period).filter(fate=fate).annotate(back=Coalesce(refunded_cents(), 0))
    last = _seen_last(branch, after)
    if last is not None:
        rows = rows.filter(sold_at__gte=last.sold_at).exclude(sold_at=last.sold_at, pk__lte=last.pk)
    found = list(rows.order_by("sold_at", "pk").defer("lines", "digest")[: size + 1])
    for note in found:
        note.remaining = note.total - Decimal(note.back) / 100
    return PartOfFate(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def _seen_last(branch: Branch, mark: str) -> Ticket | None:
    """Where it stands in the order is read from the note itself: whatever became of it since, the next ones are the same."""
    if not (mark.isascii() and mark.isdecimal() and len(mark) < LONGEST_ID):
        return None
    found: Ticket | None = Ticket.objects.only("company", "sold_at").filter(branch=branch, pk=int(mark)).first()
    return found


def _of_its_claim() -> Subquery:
    """A subquery that ends at its first row is asked note by note, by the index of live claims. As a join, a planner
    without fresh statistics (the day's claims are minutes old) compares every note with every claim."""
    fate = Case(
        When(_holds("global_invoice"), then=Value("in_global")),
        When(invoice__state__in=AT_THE_SAT, then=Value("invoiced")),
        When(_holds("invoice"), then=Value("issuing")),
        output_field=CharField(),
    )
    live = Claim.objects.filter(ticket=OuterRef("pk"), released_at__isnull=True)
    return Subquery(live.annotate(fate=fate).values("fate")[:1])


def _holds(document: str) -> Q:
    """Said without a negation, which SQL would ask of every claim of the note: as `queries.in_state`."""
    return Q(**{f"{document}__state__in": ON_THE_WAY | AT_THE_SAT}) | Q(
        **{f"{document}__state": State.REFUSED, f"{document}__refused_by__in": ["", RefusedBy.OURS]}
    )


_OF_ITSELF = Case(
    When(state=Ticket.State.VOID, then=Value("void")),
    When(state=Ticket.State.LOCKED, then=Value("locked")),
    When(metodo_pago=PPD, then=Value("credit")),
    When(total_cents=0, then=Value("zero")),
    When(lines__contains=[{"impuestos": [{"retencion": True}]}], then=Value("withheld")),
    default=Value("enters"),
    output_field=CharField(),
)
