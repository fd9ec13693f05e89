"""One deposit of a bank's file: whose it is, of one or of several, or that it is no customer's payment."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_RECONCILE
from amate.billing_cycle.reconciliation.confirm import (
    NotWaiting,
    Share,
    confirm_line,
    leave_line,
    link_line,
    take_back_line,
)
from amate.billing_cycle.reconciliation.how_paid import BadPayment
from amate.billing_cycle.reconciliation.models import BankLine
from amate.billing_cycle.reconciliation.suggest import suggest
from amate.customers.models import Customer
from amate.customers.remaining import Merged, find_remaining
from amate.intake.cells import CellRefused, read_number
from amate.ledger.models import Payment
from amate.tenancy.models import IllegalMove
from amate.web.backoffice.page import address, show
from amate.web.backoffice.payments.fields import customer_of, found_customers, ids_of
from amate.web.backoffice.payments.payment_list import payment_row
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

PARTS = range(1, 5)
TONES = {"waiting": "warn", "matched": "ok", "left": "", "undone": "bad"}
State = BankLine.State


@require_http_methods(["GET", "HEAD", "POST"])
def deposit(request: HttpRequest, slug: str, line_id: int) -> HttpResponse:
    line = _find(line_id)
    if request.method != "POST":
        return _show(request, line)
    require(request, MAY_RECONCILE)
    try:
        done = _act(request, line)
    except BadPayment as bad:
        return _show(request, line, wrong=str(bad))
    except (NotWaiting, Merged) as changed:
        messages.info(request, str(changed))
    except IllegalMove:
        messages.info(request, "Ya no hacía falta: alguien lo resolvió mientras tanto.")
    else:
        messages.success(request, done)
        return redirect(address(request, "reconcile"))
    return redirect(address(request, "deposit", line.pk))


def _act(request: HttpRequest, line: BankLine) -> str:
    said, by, moment = request.POST, request.user.get_username(), now()
    match said.get("acto"):
        case "cliente":
            customer = customer_of(said.get("cliente", ""))
            confirm_line(line_id=line.pk, shares=[Share(customer.pk, line.amount)], by=by, now=moment)
            return f"Registramos ${line.amount:,.2f} de {customer.nombre}."
        case "repartir":
            shares = _shares(request)
            confirm_line(line_id=line.pk, shares=shares, by=by, now=moment)
            return f"Repartimos ${line.amount:,.2f} entre {len(shares)} clientes."
        case "juntar":
            [payment_id] = ids_of([said.get("pago", "")]) or [0]
            if not Payment.objects.filter(pk=payment_id).exists():
                raise Http404
            link_line(line_id=line.pk, payment_id=payment_id, by=by, now=moment)
            return "El depósito quedó junto con su pago."
        case "dejar":
            leave_line(line_id=line.pk, why=said.get("motivo", "").replace("\x00", ""), by=by, now=moment)
            return "El depósito ya no espera: no es un cobro."
        case "regresar":
            take_back_line(line_id=line.pk, now=moment)
            return "El depósito espera otra vez a que digas de quién es."
    raise BadPayment("", "Elige qué hacer con el depósito.")


def _shares(request: HttpRequest) -> list[Share]:
    """Raises BadPayment."""
    shares = []
    for n in PARTS:
        number, part = request.POST.get(f"numero-{n}", "").strip(), request.POST.get(f"parte-{n}", "").strip()
        if not number and not part:
            continue
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            raise BadPayment("", f"Escribe el número de cliente de la parte {n}.")
        customer = Customer.objects.filter(number=int(number)).first()
        if customer is None:
            raise BadPayment("", f"No hay un cliente con el número {number}.")
        try:
            amount = read_number(part) if part else Decimal(0)
        except CellRefused as refused:
            raise BadPayment("", refused.message) from refused
        shares.append(Share(find_remaining(customer).pk, amount))
    return shares


def _find(line_id: int) -> BankLine:
    found = BankLine.objects.select_related("account", "file", "payment__customer").defer("file__content")
    line = found.filter(pk=line_id).first()
    if line is None:
        raise Http404
    return line


def _show(request: HttpRequest, line: BankLine, *, wrong: str = "") -> HttpResponse:
    waits = line.state == State.WAITING
    guesses = suggest([line])[line.pk] if waits else ()
    names = Customer.objects.in_bulk([one.customer_id for one in guesses])
    text, customers = found_customers(request) if waits else ("", [])
    shares = list(line.shares.select_related("payment__customer").order_by("id"))
    payments = [one for one in (line.payment, *(share.payment for share in shares)) if one is not None]
    return show(
        request,
        "office/payments/deposit.html",
        room="payments",
        status=422 if wrong else 200,
        line=line,
        pill=Pill(line.get_state_display(), TONES[line.state]),
        wrong=wrong,
        waits=waits,
        guesses=[(names[one.customer_id], one) for one in guesses],
        payments=[payment_row(one) for one in payments],
        text=text,
        customers=customers,
        parts=[(n, request.POST.get(f"numero-{n}", ""), request.POST.get(f"parte-{n}", "")) for n in PARTS],
        may_reconcile=may(request, MAY_RECONCILE),
    )
