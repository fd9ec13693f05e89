"""What a paid debt owes in documents, and when its REP goes out. Plain values in, plain values out (CYCLE 6)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from amate.companies.billing_policy import FiscalMode
from amate.invoices.deadlines import rep_by
from amate.ledger.models import ReceivableKind

WAIT, SPLIT, PPD_ON_PARTIAL = "wait", "split", "ppd"
AT_ONCE, END_OF_DAY, MONTHLY = "at_once", "end_of_day", "monthly"
MXN = "MXN"


class Owes(StrEnum):
    """`LATER`: something will call again (the rest is paid, a stamp comes, staff mend a refusal). `PERSON`: nobody else can."""

    NOTHING = "nothing"
    LATER = "later"
    REP = "rep"
    TELL_PAID = "tell_paid"
    AWAIT = "await"
    PUE = "pue"
    PUE_PARTS = "pue_parts"
    PPD = "ppd"
    NOTE = "note"
    NOTE_PARTS = "note_parts"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Paid:
    """A debt of which something was paid. `money`: how much by money, credit notes and courtesies left out. `metodo_pago`: of
    its live invoice, empty without one; `stamped`: the SAT has it. `mended_soon`: it was refused for what staff mend;
    `cancelled`: it was, and nothing took its place. `has_data`: we know for whom to invoice. `in_parts`: a part of it has a
    document of its own; `has_note`: the whole debt has a note, `astray`: a part that was taken back has. `partial`: the
    company's rule for what is not whole."""

    kind: str
    mode: str
    moneda: str
    total: Decimal
    money: Decimal
    settled: bool
    metodo_pago: str
    stamped: bool
    mended_soon: bool
    cancelled: bool
    has_data: bool
    in_parts: bool
    has_note: bool
    astray: bool
    partial: str


def owed_by(paid: Paid) -> tuple[Owes, str]:
    """And for a person the sentence (Spanish)."""
    if paid.metodo_pago == "PPD":
        return (Owes.REP if paid.stamped else Owes.LATER), ""
    if paid.metodo_pago == "PUE" or paid.mended_soon:
        return _of_pue(paid), ""
    if paid.kind == ReceivableKind.OPENING and paid.mode == FiscalMode.PPD and paid.money:
        return (
            Owes.PERSON,
            "Se facturó en PPD antes de usar Amate: haz su complemento de pago donde se timbró la factura.",
        )
    if paid.kind == ReceivableKind.OPENING or not paid.money:
        return Owes.NOTHING, ""  # documented before us, or by the credit note
    if paid.has_note:  # whoever has it invoices it in the portal, or the global does: nothing of it is income again
        return (Owes.NOTE if paid.settled else Owes.NOTHING), ""
    if paid.astray:
        return (
            Owes.PERSON,
            "Una parte de este adeudo ya tiene nota y su pago se devolvió: anula esa nota y factura lo demás.",
        )
    if paid.cancelled:
        return Owes.PERSON, "La factura de este adeudo se canceló: haz otra, o deja el pago sin factura."
    if paid.moneda != MXN:
        return Owes.PERSON, f"El adeudo es en {paid.moneda}: haz la factura con su tipo de cambio."
    return _of_aviso(paid), ""


def _of_pue(paid: Paid) -> Owes:
    if paid.mode == FiscalMode.PUE_MES and paid.kind == ReceivableKind.INVOICE:
        return Owes.TELL_PAID if paid.settled else Owes.AWAIT
    return Owes.NOTHING


def _of_aviso(paid: Paid) -> Owes:
    """No document stands yet: it is made of what was paid, and when."""
    is_public = paid.mode == FiscalMode.PUBLICO or not paid.has_data
    if paid.settled and paid.money == paid.total and not paid.in_parts:
        return Owes.NOTE if is_public else Owes.PUE
    if paid.settled or paid.in_parts or paid.partial == SPLIT:
        return Owes.NOTE_PARTS if is_public else Owes.PUE_PARTS
    return Owes.PPD if paid.partial == PPD_ON_PARTIAL and not is_public else Owes.LATER


def rep_day(*, when: str, day: int, paid_on: date, applied_on: date) -> date:
    """The first day on which the REP of a part may go out: until then what was misapplied is moved without cancelling any.
    `when` and `day` as `companies.billing_policy` keeps them. Never after the law's last day, if that is not behind us
    (2.7.1.32), and never before the part was applied.

    >>> rep_day(when="end_of_day", day=3, paid_on=date(2026, 3, 9), applied_on=date(2026, 3, 9)).isoformat()
    '2026-03-10'
    >>> rep_day(when="monthly", day=3, paid_on=date(2026, 12, 31), applied_on=date(2026, 12, 31)).isoformat()
    '2027-01-03'
    >>> rep_day(when="end_of_day", day=3, paid_on=date(2026, 3, 31), applied_on=date(2026, 4, 5)).isoformat()
    '2026-04-05'
    """
    if when == MONTHLY:
        wanted = rep_by(paid_on).replace(day=day)
    else:
        wanted = applied_on + timedelta(days=0 if when == AT_ONCE else 1)
    return max(applied_on, min(wanted, rep_by(paid_on)))
