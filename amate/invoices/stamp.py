"""The database's part of a stamp: what is sent, and what came back. The call itself stands between the two.

Nothing here doubles an invoice: the same bytes go out under the same key every time, an answer that was lost is asked for
before anything else, and new bytes exist only when the PAC has surely refused the old ones (ENGINE SAFE).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal
from zoneinfo import ZoneInfo

from amate.adapters.pac import PacRejected, PacUnavailable, Stamped
from amate.audit.record import record
from amate.companies.change_emisor import SUSPENDED, SUSPENSION
from amate.companies.models import Emisor
from amate.customers.accept import accept_profile
from amate.customers.models import FiscalProfile
from amate.customers.queries import mails_for_invoices
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.csd import Csd
from amate.invoices.deliver import STAMPED, promise_delivery
from amate.invoices.models import Invoice, RefusedBy, Sealing, Stamp, State
from amate.invoices.refusals import meaning_of, staff_advice
from amate.invoices.seal import DocumentRefused, IssuingSuspended, TotalDrifted, seal_invoice
from amate.promises.kinds import MAIL, SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.models import IllegalMove
from amate.tenancy.writes import insert

# A PAC stamps a Fecha of at most 72 h; clocks differ, so we plan for 71 (FISCAL CLK-5).
STAMPABLE_FOR = timedelta(hours=71)
FECHA_OUTSIDE_WINDOW = "401"
CENTRAL = ZoneInfo("America/Mexico_City")  # FechaTimbrado is central time wherever the invoice was issued (CLK-3)


# Profile and branch never change under it, so they may come with the lock.
_LOCKED = Compiled(
    lambda: (
        Invoice.objects.select_related("profile", "branch")
        .select_for_update(no_key=True, of=("self",))
        .filter(id=Arg("id"))
    )
)
_LIVE_SEALING = Compiled(lambda: Sealing.objects.filter(invoice_id=Arg("invoice"), superseded_at__isnull=True))
_SEALING_OF_KEY = Compiled(lambda: Sealing.objects.filter(invoice_id=Arg("invoice"), key=Arg("key")))
_PROFILE_OF = Compiled(
    lambda: FiscalProfile.objects.filter(id=Invoice.objects.filter(id=Arg("invoice")).values("profile_id")[:1])
)


class LateStamp(Exception):
    """The PAC stamped bytes that a person had given up (`seal_anew`): a second document of one sale may exist."""

    def __init__(self, invoice: Invoice, stamped: Stamped) -> None:
        super().__init__(
            f"El PAC entregó tarde el timbre {stamped.uuid} de la factura {invoice.number}, que ya se mandó sellar de nuevo. "
            "Cancela la que no se entregue."
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows when there is nothing to send, or the PAC said no. `after` and `alarm` as in `promises.TryLater`."""

    next: Literal["nothing", "again", "staff"]
    sentence: str = ""
    after: float | None = None
    alarm: str = ""


NOTHING = Outcome("nothing")


@dataclass(frozen=True, slots=True)
class Sending:
    """What to call the PAC with. `ask_first`: an earlier answer was lost, so the PAC is asked whether it stamped it."""

    xml: bytes
    key: str
    ask_first: bool


def prepare_stamp(
    *, invoice_id: int, open_csd: Callable[[], Csd], catalogs: Catalogs, now: datetime
) -> Sending | Outcome:
    """Transaction one: seal if it is not sealed yet, and claim the document for sending.

    A refusal that is ours waits for staff; when they ask again, the document is sealed anew. `open_csd` is called only if
    there is something to seal: what was sent under a CSD that has expired since must still be asked for.
    """
    invoice = _LOCKED.get(id=invoice_id)
    if invoice.state == State.STAMPED or (invoice.state == State.REFUSED and invoice.refused_by == RefusedBy.RECEIVER):
        return NOTHING
    if invoice.state == State.REFUSED:  # staff mended the cause and asked again: those bytes were surely not stamped
        invoice.move_to(State.DRAFT)
    if invoice.state == State.SEALED and _too_old(invoice, now):
        invoice.move_to(State.DRAFT)
    if invoice.state != State.DRAFT and Emisor.objects.filter(issuing_suspended=True).exists():
        return _suspended()  # what is sealed is not sent either, nor asked for: asking goes on to send
    if invoice.state == State.DRAFT:
        sealing = _seal(invoice, csd=open_csd(), catalogs=catalogs, now=now)
        if isinstance(sealing, Outcome):
            return sealing
    else:
        sealing = _LIVE_SEALING.get(invoice=invoice.pk)
    # Found "sending": the worker that sent it died, so an answer may have been lost (SAFE-6).
    ask_first = invoice.state in (State.SENDING, State.UNKNOWN)
    invoice.move_to(State.SENDING, ever_ambiguous=invoice.ever_ambiguous or ask_first)
    return Sending(xml=bytes(sealing.xml), key=sealing.key, ask_first=ask_first)


def record_stamp(*, invoice_id: int, key: str, stamped: Stamped, pac: str, now: datetime) -> None:
    """Transaction two: the stamp, the customer's confirmed data, and the promise to deliver. Recorded once only.

    `key`: of the sealing that was sent. A run that was thought dead may bring it late: it is true all the same. Raises
    LateStamp when those bytes had been given up meanwhile.
    """
    customer = accept_profile(profile=_PROFILE_OF.get(invoice=invoice_id), now=now)
    invoice: Invoice = Invoice.locked(invoice_id)
    if invoice.state == State.STAMPED:
        return
    sealing = _SEALING_OF_KEY.get(invoice=invoice.pk, key=key)
    if sealing.superseded_at is not None:
        raise LateStamp(invoice, stamped)
    insert(
        Stamp(
            invoice=invoice,
            sealing=sealing,
            pac=pac,
            uuid=stamped.uuid,
            xml=stamped.xml,
            xml_sha256=sha256(stamped.xml).digest(),
            fecha_timbrado=stamped.fecha_timbrado.replace(tzinfo=CENTRAL),
            rfc_prov_certif=stamped.rfc_prov_certif,
            no_certificado_sat=stamped.no_certificado_sat,
            recovered=stamped.recovered,
            recorded_at=now,
        )
    )
    invoice.move_to(State.STAMPED, uuid=stamped.uuid, stamped_at=now)
    for to in dict.fromkeys([invoice.correo, *mails_for_invoices(customer)]):
        if to:
            promise_delivery(invoice_id=invoice.pk, to=to, occasion=STAMPED, priority=MAIL, now=now)


def record_unavailable(*, invoice_id: int, fault: PacUnavailable, now: datetime) -> Outcome:
    """The PAC surely did not process it: the same bytes go out later, not before it says so."""
    invoice: Invoice = Invoice.locked(invoice_id)
    if invoice.state == State.SENDING:
        invoice.move_to(State.UNKNOWN if invoice.ever_ambiguous else State.SEALED)
    later = _later(invoice, f"El PAC no está disponible: {fault}", now)
    return replace(later, after=fault.retry_after, alarm=fault.cause if fault.needs_staff else "")


def record_unknown(*, invoice_id: int, why: str, now: datetime) -> Outcome:
    """Nobody knows whether it was stamped: from now on these bytes may never change on their own (SAFE-5, SAFE-7)."""
    invoice: Invoice = Invoice.locked(invoice_id)
    if invoice.state == State.SENDING:
        invoice.move_to(State.UNKNOWN, ever_ambiguous=True)
    return _later(invoice, why, now)


def record_refusal(*, invoice_id: int, refusal: PacRejected, now: datetime) -> Outcome:
    """A definite no: the receiver corrects it, staff mend it, or a new Fecha may be sealed."""
    invoice: Invoice = Invoice.locked(invoice_id)
    if invoice.state != State.SENDING:
        return NOTHING
    if refusal.code == FECHA_OUTSIDE_WINDOW and invoice.ever_ambiguous:
        # 401 proves nothing after a lost answer: the PAC may check the date before the duplicate (SAFE-7).
        invoice.move_to(State.UNKNOWN)
        return Outcome("staff", f"El PAC rechaza la fecha, pero una respuesta anterior se perdió: {refusal}")
    if refusal.code == FECHA_OUTSIDE_WINDOW and not _fresh(invoice, now):
        invoice.move_to(State.DRAFT)
        return Outcome("again", str(refusal))
    return _refuse(invoice, code=refusal.code, why=str(refusal), now=now)


def may_seal_anew(invoice: Invoice, *, now: datetime) -> bool:
    """Whether only a person can go on: an answer was lost, and the bytes are too old for the PAC to stamp them now."""
    return invoice.state == State.UNKNOWN and invoice.ever_ambiguous and _too_old(invoice, now)


def seal_anew(*, invoice_id: int, now: datetime) -> None:
    """A person looked at the PAC's own list and the document is not there: it is sealed again, with a new Fecha (C9).

    The one act after which a second UUID could exist, if the PAC's list lied. Raises IllegalMove when it is not time for
    it; then nothing was written.
    """
    invoice: Invoice = Invoice.locked(invoice_id)
    if not may_seal_anew(invoice, now=now):
        raise IllegalMove(f"Invoice {invoice.pk} is {invoice.state}: it may not be sealed anew")
    invoice.move_to(State.DRAFT, ever_ambiguous=False)
    record("invoice.sealed_anew", about=f"invoice:{invoice.pk}", now=now, before=invoice.number)
    promise("seal_and_stamp", key=f"stamp:{invoice.pk}", now=now, priority=SOMEBODY_WAITS, invoice_id=invoice.pk)


def _seal(invoice: Invoice, *, csd: Csd, catalogs: Catalogs, now: datetime) -> Sealing | Outcome:
    try:
        return seal_invoice(invoice=invoice, csd=csd, catalogs=catalogs, now=now)
    except DocumentRefused as refused:
        return _refuse(invoice, code=refused.findings[0].code, why=str(refused), now=now)
    except IssuingSuspended:
        return _suspended()
    except TotalDrifted as drifted:
        return _refuse(invoice, code="", why=str(drifted), now=now)


def _suspended() -> Outcome:
    """It waits as it is, whatever it is, and goes on as soon as the suspension is lifted (DB-13)."""
    return Outcome("again", SUSPENDED, alarm=SUSPENSION)


def _refuse(invoice: Invoice, *, code: str, why: str, now: datetime) -> Outcome:
    by = meaning_of(code).refused_by
    # A definite no ends every doubt about those bytes, so that a mended document may be sealed anew.
    facts = {"refused_by": by, "refusal_code": code, "refusal": why, "folio": invoice.folio}
    invoice.move_to(State.REFUSED, **facts, ever_ambiguous=False)
    if by == RefusedBy.OURS:
        return Outcome("staff", f"{why} · {staff_advice(code)}" if code else why)
    promise("release", key=f"release:{invoice.pk}", now=now, priority=SOMEBODY_WAITS, invoice_id=invoice.pk)
    return NOTHING


def _later(invoice: Invoice, why: str, now: datetime) -> Outcome:
    """Time mends it, until the bytes are too old to be stamped and nobody knows whether they were (SAFE-8)."""
    if invoice.ever_ambiguous and _too_old(invoice, now):
        return Outcome(
            "staff",
            f"Pasaron 71 horas y el PAC no ha confirmado si timbró este documento. Abre la factura: ahí dice qué hacer. {why}",
        )
    return Outcome("again", why)


def _too_old(invoice: Invoice, now: datetime) -> bool:
    return invoice.sealed_at is not None and now - invoice.sealed_at > STAMPABLE_FOR


def _fresh(invoice: Invoice, now: datetime) -> bool:
    """Sealed a moment ago and still refused for its date: a clock is wrong, and sealing again would only repeat it."""
    return invoice.sealed_at is not None and now - invoice.sealed_at < timedelta(minutes=10)
