"""Por cobrar: the list of what is owed, with its ages; and one charge with everything that touched it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_GIVE_UP_DEBTS, MAY_READ_REPORTS
from amate.audit.models import Entry
from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.collection.served_words import STEPS
from amate.billing_cycle.reconciliation.models import PaymentReference
from amate.companies.day import day_of
from amate.desk.filters import At
from amate.desk.receivable_list import AGE_WORDS, RECEIVABLES, STATES, concept_of, days_late, state_of, with_left
from amate.invoices.models import DEAD, Invoice
from amate.ledger.models import Allocation, Receivable, ReceivableState
from amate.ledger.queries import Ageing, ageing
from amate.ledger.unallocate import Frozen
from amate.ledger.void import void_receivable
from amate.ledger.write_off import NotOpen, write_off
from amate.web.backoffice.give_up_form import GiveUpForm
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill, invoice_pill
from amate.web.backoffice.served import notice_pill
from amate.web.clock import now

A_DAY = timedelta(days=1)
TONES = {"unpaid": "", "overdue": "bad", "paid": "ok", ReceivableState.WRITTEN_OFF: "warn", ReceivableState.VOID: ""}


@dataclass(frozen=True, slots=True)
class ReceivableRow:
    id: int
    concept: str
    customer_id: int
    customer: str
    due_on: date
    late: int
    pill: Pill
    total: Decimal
    left: Decimal
    moneda: str


@dataclass(frozen=True, slots=True)
class AgeCell:
    """One bucket; `share` of the whole in percent, for the bar."""

    word: str
    items: int
    amount: Decimal
    share: int
    url: str


@require_safe
def receivables(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, RECEIVABLES)
    page = page_of(asked, request)
    found = ageing(as_of=asked.at.today)
    return show(
        request,
        "office/receivables.html",
        room="receivables",
        rows=[receivable_row(one, asked.at) for one in page.rows],
        page=page,
        list=around(request, asked),
        ages=age_cells(request, found),
        owed=found.total,
        overdue=found.overdue,
        may_read_reports=may(request, MAY_READ_REPORTS),
    )


@require_safe
def receivable(request: HttpRequest, slug: str, receivable_id: int) -> HttpResponse:
    return _show(request, _find(receivable_id), GiveUpForm())


@require_POST
def give_up(request: HttpRequest, slug: str, receivable_id: int) -> HttpResponse:
    """What is left of it is written off: it may still be paid."""
    require(request, MAY_GIVE_UP_DEBTS)
    found, moment, form = _find(receivable_id), now(), GiveUpForm(request.POST)
    if form.is_valid():
        why, today = form.cleaned_data["motivo"], day_of(moment)
        try:
            write_off(receivable_id=found.pk, why=why, today=today, now=moment)
        except NotOpen as said:
            form.add_error(None, str(said))
        else:
            messages.success(request, "Pasó a incobrable. Si lo pagan, se aplica igual.")
            return redirect(address(request, "receivable", found.pk))
    return _show(request, found, form, status=422)


@require_POST
def void(request: HttpRequest, slug: str, receivable_id: int) -> HttpResponse:
    """It should never have been. Its document goes first."""
    require(request, MAY_GIVE_UP_DEBTS)
    found, moment, form = _find(receivable_id), now(), GiveUpForm(request.POST)
    live = _documents(found).exclude(state__in=DEAD).first()
    if live is not None:
        form.add_error(None, f"Su documento {live} sigue vigente: cancélalo primero.")
    elif form.is_valid():
        try:
            void_receivable(receivable_id=found.pk, why=form.cleaned_data["motivo"], today=day_of(moment), now=moment)
        except (NotOpen, Frozen) as said:
            form.add_error(None, str(said))
        else:
            messages.success(request, "Lo anulamos. Lo que se hubiera pagado queda a favor del cliente.")
            return redirect(address(request, "receivable", found.pk))
    return _show(request, found, form, status=422)


def receivable_row(one: Any, at: At) -> ReceivableRow:
    """`one` as the list of receivables gives it."""
    return ReceivableRow(
        id=one.pk,
        concept=concept_of(one),
        customer_id=one.customer_id,
        customer=one.customer.nombre,
        due_on=one.due_on,
        late=days_late(one, at),
        pill=receivable_pill(one, at),
        total=one.total,
        left=one.left,
        moneda=one.moneda,
    )


def receivable_pill(one: Receivable, at: At) -> Pill:
    state = state_of(one, at)
    return Pill(STATES[state], TONES[state])


def age_cells(request: HttpRequest, found: Ageing) -> list[AgeCell]:
    """Each leads to its rows."""
    home, whole = address(request, "receivables"), found.total
    return [
        AgeCell(
            AGE_WORDS[one.name],
            one.items,
            one.amount,
            int(100 * one.amount / whole) if whole else 0,
            f"{home}?{urlencode({'edad': one.name})}",
        )
        for one in found.buckets
    ]


def _find(receivable_id: int) -> Any:
    rows = with_left(Receivable.objects.select_related("customer", "branch", "fee_of")).prefetch_related("charges")
    found = rows.filter(pk=receivable_id).first()
    if found is None:
        raise Http404
    return found


def _documents(found: Receivable) -> Any:
    return Invoice.objects.select_related("branch").filter(receivable=found).order_by("-id")


def _show(request: HttpRequest, found: Any, form: GiveUpForm, *, status: int = 200) -> HttpResponse:
    documents = list(_documents(found)[:20])
    parts = Allocation.objects.select_related("payment").filter(receivable_id=found.pk).order_by("id")
    notices = Notice.objects.filter(receivable_id=found.pk).order_by("-id")[:20]
    at = At(now(), office_zone(), sees_codes=False)
    why = _why_given_up(found)
    return show(
        request,
        "office/receivable.html",
        room="receivables",
        status=status,
        receivable=found,
        pill=receivable_pill(found, at),
        late=days_late(found, at),
        left=found.left if found.state == ReceivableState.OPEN else Decimal("0.00"),
        charges=[(one, one.service_to - A_DAY if one.service_to else None) for one in found.charges.all()],
        documents=[(one, invoice_pill(one)) for one in documents],
        parts=list(parts[:100]),
        notices=[(one, STEPS.get(one.step, one.step), notice_pill(one)) for one in notices],
        fees=list(Receivable.objects.filter(fee_of_id=found.pk).order_by("id")[:20]),
        references=list(PaymentReference.objects.filter(receivable_id=found.pk, ended_at__isnull=True)[:5]),
        why=why,
        form=form,
        may_give_up=found.state == ReceivableState.OPEN
        and found.settled_on is None
        and may(request, MAY_GIVE_UP_DEBTS),
        may_void=found.state == ReceivableState.OPEN and may(request, MAY_GIVE_UP_DEBTS),
    )


def _why_given_up(found: Receivable) -> Entry | None:
    """Who voided it or wrote it off, and why."""
    acts = ("receivable.voided", "receivable.written_off")
    if found.state == ReceivableState.OPEN:
        return None
    rows = Entry.objects.filter(about=f"customer:{found.customer_id}", act__in=acts, detail__receivable=found.pk)
    said: Entry | None = rows.order_by("-id").first()
    return said
