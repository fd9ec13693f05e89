"""¿Se le atiende?: one box for whatever the customer says at the telephone; the answer first, and what may be done about it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_COURTESY_AGAIN, MAY_EXEMPT, MAY_PROMISE
from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.collection.opt_out import silenced_of
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.collection.served import Answer, Line, answers_for
from amate.billing_cycle.collection.served_words import HEADLINES, STEPS, TONES, WORDS, why_of
from amate.billing_cycle.service.models import Desired
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.ledger.models import Payment, PaymentKind
from amate.reports.whose import LONGEST, customers_meant
from amate.web.backoffice.keyset import asked
from amate.web.backoffice.page import show
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill
from amate.web.backoffice.served_forms import ChannelsForm, CourtesyForm, ExemptForm, PromiseForm
from amate.web.clock import now

MOST = 20
NOTICES = 5
NOTICE_TONES: dict[str, str] = {
    Notice.State.SENT: "ok",
    Notice.State.CLAIMED: "",
    Notice.State.SKIPPED: "",
    Notice.State.FAILED: "bad",
    Notice.State.UNKNOWN: "warn",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One of several that may be meant."""

    customer: Customer
    pill: Pill
    balance: Decimal


@require_safe
def served(request: HttpRequest, slug: str) -> HttpResponse:
    text = asked(request, "q")["q"]
    today = day_of(now())
    found = customers_meant(text=text, limit=MOST)
    if len(found) == 1:
        return show_card(request, found[0], text=text)
    hits = _hits(found, today=today) if found else []
    return show(request, "office/served.html", room="served", text=text, hits=hits, longest=LONGEST, many=MOST)


@require_safe
def card(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    return show_card(request, customer_id, text="")


def show_card(request: HttpRequest, customer_id: int, *, text: str, status: int = 200, **forms: Any) -> HttpResponse:
    """The answer about one; `forms`: `promise`, `courtesy`, `exempt_form` or `channels` as they were filled with a mistake."""
    customer = find_payer(customer_id)
    today = day_of(now())
    answer = answers_for([customer.pk], today=today)[customer.pk]
    return show(
        request,
        "office/served_card.html",
        room="served",
        status=status,
        text=text,
        longest=LONGEST,
        customer=customer,
        **card_facts(request, answer),
        **{
            "promise": PromiseForm(today=today, initial=_promise_of(answer)),
            "courtesy": CourtesyForm(),
            "exempt_form": ExemptForm(today=today),
            "channels": ChannelsForm(initial={"no_por": sorted(silenced_of([customer.pk]).get(customer.pk, ()))}),
            **forms,
        },
    )


def card_facts(request: HttpRequest, answer: Answer) -> dict[str, Any]:
    """What the card shows of one customer, here and on his own page."""
    rows = Payment.objects.live().filter(customer_id=answer.customer_id, kind=PaymentKind.MONEY)
    notices = Notice.objects.filter(customer_id=answer.customer_id).order_by("-id")[:NOTICES]
    return {
        "answer": answer,
        "pill": standing_pill(answer.standing),
        "headline": HEADLINES[answer.serve],
        "whys": why_of(answer),
        "lines": [(line, line_pill(line)) for line in answer.lines],
        "last_payment": rows.order_by("-paid_on", "-id").first(),
        "notices": [(one, STEPS.get(one.step, one.step), notice_pill(one)) for one in notices],
        "may_promise": may(request, MAY_PROMISE),
        "may_exempt": may(request, MAY_EXEMPT),
        "may_court": answer.standing in (Standing.SUSPENDED, Standing.SUSPENDABLE) and may(request, MAY_PROMISE),
        "may_court_again": may(request, MAY_COURTESY_AGAIN),
    }


def find_payer(customer_id: int) -> Customer:
    """A customer that remains."""
    found: Customer | None = Customer.objects.live().filter(pk=customer_id).first()
    if found is None:
        raise Http404
    return found


def standing_pill(standing: Standing) -> Pill:
    return Pill(WORDS[standing], TONES[standing])


def line_pill(line: Line) -> Pill:
    """What we want, and whether the other side has it yet."""
    if line.desired == Desired.SUSPENDED:
        return Pill("Suspendido", "bad") if line.is_settled else Pill("Suspendiéndose", "warn")
    if line.desired == Desired.LIMITED:
        return Pill("Más lento", "warn")
    return Pill("Activo", "ok") if line.is_settled else Pill("Activándose", "warn")


def notice_pill(one: Notice) -> Pill:
    return Pill(one.get_state_display(), NOTICE_TONES[one.state])


def _promise_of(answer: Answer) -> dict[str, Any]:
    owed = answer.stand.overdue_amount or answer.stand.owed
    return {"monto": f"{owed:.2f}"} if owed else {}


def _hits(found: list[int], *, today: date) -> list[Hit]:
    rows = Customer.objects.in_bulk(found)
    answers = answers_for(found, today=today)
    return [Hit(rows[pk], standing_pill(answers[pk].standing), answers[pk].balance) for pk in found]
