"""The database's part of a stamp: what is sent, and what came back. The call itself stands between the two.

Nothing here doubles an invoice: the same bytes go out under the same key every time, an answer that was lost is asked for
before anything else, and new bytes exist only when the PAC has surely refused the old ones (ENGINE SAFE).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from amate.adapters.pac import PacRejected, PacUnavailable, Stamped
from amate.audit.record import record
from amate.companies.change_emisor import SUSPENDED, SUSPENSION
from amate.companies.models import Emisor
from amate.companies.tries_out import only_tries_out
from amate.customers.accept import accept_profile
from amate.customers.models import FiscalProfile
from amate.customers.queries import mails_for_invoices
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.comprobante import DocumentRefused as NotLawful
from amate.fiscal.csd import Csd
from amate.fiscal.line import MoneyRefused
from amate.fiscal.tfd import read_timbre
from amate.invoices.choose_pac import PacStanding, choose_pac
from amate.invoices.deliver import STAMPED, promise_delivery
from amate.invoices.freeze_parts import PartsGone, give_up_rep, owe_reps
from amate.invoices.hold_cancellation import hold_what_it_was_to_replace
from amate.invoices.models import Invoice, Kind, RefusedBy, Sealing, Stamp, State
from amate.invoices.outcome import NOTHING, Outcome
from amate.invoices.refusals import meaning_of, staff_advice
from amate.invoices.reopen import reopen_instalments
from amate.invoices.replace import take_place
from amate.invoices.revive import why_not_revived
from amate.invoices.seal import DocumentRefused, IssuingSuspended, TotalDrifted, seal_invoice
from amate.papers.cfdi import is_sample
from amate.promises.kinds import MAIL, SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.models import IllegalMove
from amate.tenancy.writes import insert, update_if

# A PAC stamps a Fecha of at most 72 h; clocks differ, so we plan for 71 (FISCAL CLK-5).
STAMPABLE_FOR = timedelta(hours=71)
# For some seconds after a stamp Finkok says that it never saw the document, and what it took in late it may stamp later:
# only so long after the last call is its "never" believed.
SETTLED = timedelta(minutes=10)
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
class Sending:
    """What to call which PAC with; `pac` is ANY when each may have it. `ask_first`: an earlier answer was lost, so the PAC
    is asked whether it stamped it. `settled`: the last call is so long ago that "never seen" is true."""

    xml: bytes
    key: str
    pac: str
    ask_first: bool
    settled: bool


ONLY_TRIES_OUT = (
    "Esta empresa es de prueba y aquí timbran PAC de verdad: no se le envió nada. Configura el ambiente de pruebas de tu "
    "PAC, o registra otra vez la empresa sin --sandbox y trabaja en ella."
)


def prepare_stamp(
    *,
    invoice_id: int,
    open_csd: Callable[[], Csd],
    catalogs: Catalogs,
    pacs: Sequence[PacStanding],
    passed_over: Collection[str],
    now: datetime,
) -> Sending | Outcome:
    """Transaction one: seal if it is not sealed yet, choose the PAC, and claim the document for sending to it.

    A refusal that is ours waits for staff; when they ask again, the document is sealed anew. `open_csd` is called only if
    there is something to seal: what was sent under a CSD that has expired since must still be asked for. `passed_over`:
    PACs that this run asked in vain.
    """
    invoice = _LOCKED.get(id=invoice_id)
    if invoice.uuid is not None or (invoice.state == State.REFUSED and invoice.refused_by != RefusedBy.OURS):
        return NOTHING
    if invoice.state == State.REFUSED:  # staff mended the cause and asked again: those bytes were surely not stamped
        why_not = why_not_revived(invoice)
        if why_not:
            return Outcome("staff", why_not)
        invoice.move_to(State.DRAFT)
    if invoice.state == State.SEALED and _too_old(invoice, now):
        invoice.move_to(State.DRAFT)
    if invoice.state != State.DRAFT and Emisor.objects.filter(issuing_suspended=True).exists():
        return _suspended()  # what is sealed is not sent either, nor asked for: asking goes on to send
    if any(one.counts for one in pacs) and only_tries_out():
        pacs = [one for one in pacs if not one.counts]
        if not pacs:
            return Outcome("staff", ONLY_TRIES_OUT)
    if invoice.state == State.DRAFT:
        sealing = _seal(invoice, csd=open_csd(), catalogs=catalogs, now=now)
        if isinstance(sealing, Outcome):
            return sealing
    else:
        sealing = _LIVE_SEALING.get(invoice=invoice.pk)
    pac = choose_pac(pacs, held=sealing.pac, passed_over=passed_over)
    if pac is None:
        return _later(invoice, f"El documento puede estar en {sealing.pac}, que ya no está entre los PAC.", now)
    # Found "sending": the worker that sent it died, so an answer may have been lost (SAFE-6).
    ask_first = invoice.state in (State.SENDING, State.UNKNOWN)
    invoice.move_to(State.SENDING, ever_ambiguous=invoice.ever_ambiguous or ask_first)
    settled = now - (sealing.asked_at or sealing.sealed_at) >= SETTLED
    update_if(sealing, still={"pac": sealing.pac}, pac=pac, asked_at=now)  # before the call: whatever becomes of us
    return Sending(xml=bytes(sealing.xml), key=sealing.key, pac=pac, ask_first=ask_first, settled=settled)


def record_stamp(*, invoice_id: int, key: str, stamped: Stamped, pac: str, now: datetime) -> Invoice:
    """Transaction two: the stamp, the customer's confirmed data, and the promise to deliver. Recorded once only.

    `key`: of the sealing that was sent. A run that was thought dead may bring it late: it is true all the same. Raises
    LateStamp when those bytes had been given up meanwhile.
    """
    customer = accept_profile(profile=_PROFILE_OF.get(invoice=invoice_id), now=now)
    invoice: Invoice = Invoice.locked(invoice_id)
    if invoice.uuid is not None:
        return invoice
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
    sample = is_sample(read_timbre(stamped.xml))
    invoice.move_to(State.STAMPED, uuid=stamped.uuid, stamped_at=now, sample=sample)
    if invoice.replaces_id is not None:
        take_place(invoice, now=now)
    if invoice.receivable_id is not None and invoice.metodo_pago == "PPD":
        owe_reps(invoice, now=now)
    for to in dict.fromkeys([invoice.correo, *mails_for_invoices(customer)]):
        if to:
            promise_delivery(invoice_id=invoice.pk, to=to, occasion=STAMPED, priority=MAIL, now=now)
    return invoice


def record_unavailable(*, invoice_id: int, faults: Sequence[PacUnavailable], now: datetime) -> Outcome:
    """The PAC surely did not process it: the same bytes go out later, or to another PAC, not before it says so.

    `faults`: of every PAC asked in this run, the last one's last.
    """
    invoice: Invoice = Invoice.locked(invoice_id)
    free = not invoice.ever_ambiguous
    if invoice.state == State.SENDING:
        invoice.move_to(State.SEALED if free else State.UNKNOWN)
        if free:
            _let_go(invoice)
    why = " · ".join(dict.fromkeys(str(fault) for fault in faults))
    later = _later(invoice, f"El PAC no está disponible: {why}", now)
    alarm = next((fault.cause for fault in faults if fault.needs_staff), "")
    return replace(later, after=min(fault.retry_after or 0.0 for fault in faults), alarm=alarm, free=free)


def record_never_seen(*, invoice_id: int, narrowed_to: str) -> None:
    """Who was asked said, and is believed, that it has no stamp of a document whose answer had been lost.

    `narrowed_to`: the PAC that may still have it; empty: nobody has, and it goes out as if it had never been sent (C9).
    """
    invoice: Invoice = Invoice.locked(invoice_id)
    if invoice.state != State.SENDING:
        return
    Sealing.objects.filter(invoice=invoice, superseded_at__isnull=True).update(pac=narrowed_to)
    if not narrowed_to:
        invoice.move_to(State.SEALED, ever_ambiguous=False)


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
    _let_go(invoice)
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


def _let_go(invoice: Invoice) -> None:
    """No PAC has these bytes."""
    Sealing.objects.filter(invoice=invoice, superseded_at__isnull=True).update(pac="")


def _seal(invoice: Invoice, *, csd: Csd, catalogs: Catalogs, now: datetime) -> Sealing | Outcome:
    try:
        return seal_invoice(invoice=invoice, csd=csd, catalogs=catalogs, now=now)
    except DocumentRefused as refused:
        return _refuse(invoice, code=refused.findings[0].code, why=str(refused), now=now)
    except IssuingSuspended:
        return _suspended()
    except PartsGone:
        give_up_rep(invoice, now=now)
        return NOTHING
    except (NotLawful, MoneyRefused) as refused:
        why = (
            f"El documento no se puede sellar ({refused.field}): {refused.message}. Corrígelo y reintenta, o haz otro."
        )
        return _refuse(invoice, code="", why=why, now=now)
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
    if invoice.kind == Kind.PAGO:  # it is never tried again: another one, with the receiver's right data, pays instead
        reopen_instalments(invoice, now=now)
    if invoice.replaces_id is not None:
        hold_what_it_was_to_replace(invoice, now=now)
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
