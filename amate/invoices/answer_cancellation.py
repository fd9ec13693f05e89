"""We as receiver: somebody asks to cancel a CFDI that our company received, and a person answers (CAN-3).

The PAC is asked every hour what is pending. After three working days the SAT takes silence for a yes; nobody else does.
Its list may show for a while what was answered already: that is no new request until a list without it was seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from amate.adapters.pac import AnswerOrder, AnswerReceipt, PacError, PacRejected, PacUnavailable
from amate.audit.record import record
from amate.companies.models import Branch, Emisor
from amate.fiscal.cancelacion import answer_request, what_the_sat_means
from amate.fiscal.clock import fecha, zone_of
from amate.fiscal.csd import Csd
from amate.invoices.deadlines import accepted_by
from amate.invoices.models import CancellationPaper, ReceivedRequest
from amate.invoices.outcome import NOTHING, Outcome
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.writes import insert, insert_unless_there, rewrite

State = ReceivedRequest.State
SETTLED = (State.ANSWERED, State.ELSEWHERE)
# No list lags that long: what is still in it was asked anew between two looks.
LAG = timedelta(days=1)
THEIRS = "1002"
OF_ANOTHER = (
    "El SAT ya tenía una respuesta a esta solicitud cuando llegó la tuya, y no dice cuál. Mira en el portal del SAT cómo "
    "quedó la factura."
)
OF_OURS = (
    "El SAT ya tenía una respuesta. La tuya se había enviado y su acuse se perdió: lo más probable es que sea esa."
)


class NotPending(Exception):
    """It cannot be answered any more. The message (Spanish) says why."""


def rfc_to_look_for() -> str:
    return str(Emisor.objects.get().rfc)


def record_pending(*, uuids: Sequence[UUID], now: datetime) -> int:
    """What the PAC told us waits for our answer: new ones are kept, those that are no longer there are gone. Answers how
    many are new."""
    lagging = ReceivedRequest.objects.filter(state__in=SETTLED, unlisted_at__isnull=True)
    lagging.exclude(uuid__in=uuids).update(unlisted_at=now)
    told = set(lagging.filter(uuid__in=uuids, settled_at__gt=now - LAG).values_list("uuid", flat=True))
    new = 0
    for uuid in uuids:
        if uuid not in told and insert_unless_there(ReceivedRequest(uuid=uuid, seen_at=now)):
            new += 1
            record("received_request.seen", about=f"cfdi:{uuid}", now=now)
    for gone in ReceivedRequest.objects.filter(state=State.PENDING).exclude(uuid__in=uuids):
        gone.move_to(State.GONE, settled_at=now)
    return new


def answer_cancellation(*, request_id: int, accepts: bool, decided_by: str, now: datetime) -> ReceivedRequest:
    """A person says yes or no; a promise carries it. Said again, nothing changes. Raises NotPending."""
    request = ReceivedRequest.locked(request_id)
    if request.state in (State.ANSWERING, State.ANSWERED) and request.accepts == accepts:
        return request
    if request.state != State.PENDING:
        raise NotPending("Esta solicitud ya se respondió o ya no está pendiente en el SAT.")
    request.move_to(
        State.ANSWERING, accepts=accepts, decided_by=decided_by, decided_at=now, sent_at=None, code="", answer=""
    )
    promise("answer_cancellation", key=f"answer:{request.pk}", now=now, priority=SOMEBODY_WAITS, request_id=request.pk)
    record("received_request.answered", about=f"cfdi:{request.uuid}", now=now, accepts=accepts)
    return request


def answer_by(request: ReceivedRequest) -> date:
    """The last day to answer, counted from when we first heard of it: the SAT's own count may end a little before."""
    return accepted_by(request.seen_at.astimezone(zone_of(_cp())).date())


@dataclass(frozen=True, slots=True)
class Said:
    """What to call the PAC with. `again`: an earlier attempt of this very answer may have arrived."""

    order: AnswerOrder
    again: bool


def prepare_answer(*, request_id: int, rfc_pac: str, open_csd: Callable[[], Csd], now: datetime) -> Said | None:
    """Sign and keep what is signed, before the call. None: there is nothing to send."""
    request = ReceivedRequest.locked(request_id)
    if request.state != State.ANSWERING:
        return None
    kept = CancellationPaper.objects.filter(
        received=request, kind=CancellationPaper.Kind.REQUEST, at__gte=request.decided_at
    )
    paper = kept.order_by("-pk").first()
    if paper is None:
        signed = answer_request(
            uuid=request.uuid, accept=bool(request.accepts), rfc_pac=rfc_pac, csd=open_csd(), fecha=fecha(_cp(), now)
        )
        paper = CancellationPaper(received=request, kind=CancellationPaper.Kind.REQUEST, xml=signed, at=now)
        insert(paper)
    again = request.sent_at is not None
    rewrite(request, sent_at=now)
    accepts = bool(request.accepts)
    return Said(AnswerOrder(rfc=rfc_to_look_for(), uuid=request.uuid, accept=accepts, signed=bytes(paper.xml)), again)


def record_answer(*, request_id: int, receipt: AnswerReceipt, again: bool, now: datetime) -> Outcome:
    """1002 after a lost answer is most likely our own; without one somebody else said it, and nobody told us what."""
    request = ReceivedRequest.locked(request_id)
    if receipt.acuse:
        insert(CancellationPaper(received=request, kind=CancellationPaper.Kind.ACUSE, xml=receipt.acuse, at=now))
    if request.state != State.ANSWERING:
        return NOTHING
    said = what_the_sat_means(receipt.codes.get(request.uuid, ""))
    if said.means == "later":
        rewrite(request, code=said.code, answer=said.message)
        return Outcome("again", f"{said.code}: {said.message}")
    if said.means == "no":
        return _not_taken(request, code=said.code, why=said.message, now=now)
    if said.code == THEIRS and not again:
        request.move_to(State.ELSEWHERE, code=said.code, answer=OF_ANOTHER, settled_at=now)
        record("received_request.answered_elsewhere", about=f"cfdi:{request.uuid}", now=now, accepts=request.accepts)
        return NOTHING
    told = OF_OURS if said.code == THEIRS else said.message
    request.move_to(State.ANSWERED, code=said.code, answer=told, settled_at=now)
    return NOTHING


def record_answer_fault(*, request_id: int, fault: PacError, again: bool, now: datetime) -> Outcome:
    request = ReceivedRequest.locked(request_id)
    if request.state != State.ANSWERING:
        return NOTHING
    if isinstance(fault, PacRejected):
        return _not_taken(request, code=fault.code, why=fault.message, now=now)
    if isinstance(fault, PacUnavailable):
        if not again:
            rewrite(request, sent_at=None)  # it surely did not arrive
        alarm = fault.cause if fault.needs_staff else ""
        return Outcome("again", f"La respuesta no salió: {fault}", after=fault.retry_after, alarm=alarm)
    return Outcome("again", f"No se sabe si el SAT recibió la respuesta: {fault}")  # sent again, it is told 1002


def _not_taken(request: ReceivedRequest, *, code: str, why: str, now: datetime) -> Outcome:
    """It waits for a person again, with the reason."""
    request.move_to(State.PENDING, code=code[:20], answer=why)
    record("received_request.refused", about=f"cfdi:{request.uuid}", now=now, code=code, why=why)
    return Outcome("staff", f"{code}: {why}")


def _cp() -> str:
    """The company's place: that of its first open branch; with all closed it answers still, from its first."""
    cp: str = Branch.objects.order_by(F("closed_at").asc(nulls_first=True), "id").values_list("cp", flat=True)[0]
    return cp
