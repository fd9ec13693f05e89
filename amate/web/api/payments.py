"""Payments that another system knows of: told once a key, read, taken back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from amate.billing_cycle.reconciliation.how_paid import HOW_PAID, BadPayment
from amate.billing_cycle.reconciliation.models import BankAccount
from amate.billing_cycle.reconciliation.settle_notice import look_at_notices_of
from amate.billing_cycle.reconciliation.take_back import being_taken_back, take_back_payment
from amate.billing_cycle.reconciliation.type_payment import TYPED, LooksKnown, Typed, type_payment
from amate.companies.day import day_of
from amate.invoices.cancel import NotCancellable
from amate.ledger.models import Allocation, Payment, Receivable
from amate.ledger.receive import PaymentDiffers
from amate.ledger.reverse import NotReversible, Why
from amate.web import clock
from amate.web.api.fields import Day, Number, clean, conflict, customer_said, refused
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.problems import FAULTS, FieldError, NoSuchThing, Problem
from amate.web.api.sale import Cents, ExternalId, Key, Source, Strict

router = Router(tags=["Pagos"])
JSON = "application/json; charset=utf-8"
WRITE = BearerWithJson("payments:write")
NAMES = {"bank_account": "account"}
LONGEST_REF = 120  # of a Payment
WAYS_BACK = tuple(str(one) for one in Why)


class PaymentIn(Strict):
    """Dinero que ya entró. Paga primero lo que digas en `receivables`, y luego lo más viejo; lo que sobra queda a favor."""

    customer: ExternalId | None = Field(None, description="Tu clave del cliente. O customer_number")
    customer_number: Number | None = None
    amount: Cents
    paid_on: Day | None = Field(None, description="Si falta, hoy")
    forma_pago: Key = Field(description="c_FormaPago: " + ", ".join(HOW_PAID), examples=["03"])
    reference: Annotated[str, StringConstraints(max_length=100)] = Field(
        "", description="Clave de rastreo o número de operación: va en el complemento de pago"
    )
    account: Annotated[str, StringConstraints(max_length=80)] | None = Field(
        None, description="Nombre de la cuenta donde entró; si falta, la caja"
    )
    receivables: Annotated[list[Number], Field(max_length=100)] = Field(
        [], description="Los id de /receivables, en orden"
    )
    note: Annotated[str, StringConstraints(max_length=300)] = ""
    another: bool = Field(False, strict=True, description="Es otro pago, aunque haya uno igual de esos días")


class ReverseIn(Strict):
    why: Annotated[str, StringConstraints(max_length=20)] = Field(
        description="refund (se devolvió), chargeback (contracargo), cancelled (nunca llegó) o misapplied (es de otro)"
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class PaidOut(Schema):
    receivable: int
    amount: str


class PaymentOut(Schema):
    """Un pago. `applied` es lo que ya paga, en `pays`; `in_favour`, lo que queda a favor. `reversed_as` está vacío mientras
    vale; si un complemento lo dice ante el SAT, se revierte cuando este se cancele y `reversal_pending` es true."""

    source: str
    external_id: str
    customer: int | None
    amount: str
    moneda: str
    paid_on: str
    forma_pago: str
    reference: str
    applied: str
    in_favour: str
    pays: list[PaidOut]
    reversed_as: str
    reversal_pending: bool


WRITTEN = {200: PaymentOut, **FAULTS, **dict.fromkeys((409, 413, 415, 422), Problem)}


@router.put(
    "/{source}/{external_id}",
    auth=WRITE,
    response={201: PaymentOut, **WRITTEN},
    summary="Registrar un pago (repetirlo no lo cuenta dos veces)",
)
def put_payment(request: HttpRequest, source: Source, external_id: ExternalId, said: PaymentIn) -> HttpResponse:
    """El servicio que estaba suspendido por lo que paga se reactiva enseguida. Si hay otro pago igual del mismo cliente de
    esos días responde 409: si es otro, envíalo con `another`."""
    now = clock.now()
    ref = _ref(source, external_id)
    known = _payment(ref)
    typed = _read(said, known=known, now=now)
    try:
        received = type_payment(typed=typed, press=ref, by=_who(request), today=day_of(now), now=now)
    except BadPayment as bad:
        raise refused(
            [FieldError((NAMES.get(bad.field, "paid_on" if bad.field == "day" else bad.field),), str(bad))]
        ) from bad
    except LooksKnown as like:
        raise conflict("Ya hay un pago igual de este cliente", str(like)) from like
    except PaymentDiffers as differs:
        raise conflict("Ese pago ya se registró con otros datos", str(differs)) from differs
    if not received.fresh:
        _check_same(received.payment, typed)
    answer = _out(_of(ref), source, external_id)
    return HttpResponse(answer.model_dump_json(), status=201 if received.fresh else 200, content_type=JSON)


@router.get(
    "/{source}/{external_id}",
    auth=Bearer("payments:read"),
    response={200: PaymentOut, **FAULTS, 422: Problem},
    summary="Un pago y qué pagó",
)
def read_payment(request: HttpRequest, source: Source, external_id: ExternalId) -> PaymentOut:
    return _out(_of(_ref(source, external_id)), source, external_id)


@router.post(
    "/{source}/{external_id}/reverse",
    auth=WRITE,
    response=WRITTEN,
    summary="Revertir un pago: se debe otra vez lo que pagaba",
)
def reverse_payment(request: HttpRequest, source: Source, external_id: ExternalId, said: ReverseIn) -> PaymentOut:
    found, now = _of(_ref(source, external_id)), clock.now()
    errors: list[FieldError] = []
    if said.why not in WAYS_BACK:
        errors.append(FieldError(("why",), f"Escribe uno de estos: {', '.join(WAYS_BACK)}"))
    reason = clean("reason", said.reason, errors)
    if errors:
        raise refused(errors)
    pending = False
    if found.reversed_as != said.why:
        try:
            taken = take_back_payment(
                payment_id=found.pk, why=Why(said.why), note=reason, asked_by=_who(request), today=day_of(now), now=now
            )
        except (NotReversible, NotCancellable) as no:
            raise conflict("Ese pago no se revierte así", str(no)) from no
        look_at_notices_of(payment=found, now=now)
        pending = taken.undone is None
    return _out(_of(_ref(source, external_id)), source, external_id, pending=pending)


def _who(request: HttpRequest) -> str:
    """The key, by its name."""
    return str(request.api_key.name)  # type: ignore[attr-defined]


def _ref(source: str, external_id: str) -> str:
    """Among the payments that people type, whose mark has no colon."""
    ref = f"api:{source}:{external_id}"
    if len(ref) > LONGEST_REF:
        raise refused(
            [FieldError((), f"Esa clave es muy larga: source y external_id suman hasta {LONGEST_REF - 5} caracteres")]
        )
    return ref


def _payment(ref: str) -> Payment | None:
    live = Prefetch("allocations", Allocation.objects.live().order_by("id"))
    rows = Payment.objects.filter(provider=TYPED, provider_ref=ref)
    found: Payment | None = rows.select_related("customer").prefetch_related(live).first()
    return found


def _of(ref: str) -> Payment:
    found = _payment(ref)
    if found is None:
        raise NoSuchThing("No hay un pago con esa clave", "Revisa la clave: es la que enviaste con PUT.")
    return found


def _read(said: PaymentIn, *, known: Payment | None, now: datetime) -> Typed:
    """Raises SaleRefused with every field that is wrong."""
    errors: list[FieldError] = []
    customer = customer_said(said.customer, said.customer_number)
    account = None
    if said.account is not None:
        account = BankAccount.objects.filter(name=said.account).first()
        if account is None:
            named = ", ".join(BankAccount.objects.order_by("name").values_list("name", flat=True)[:20])
            errors.append(
                FieldError(("account",), f"No hay una cuenta “{said.account}”. Tus cuentas: {named or 'ninguna'}")
            )
    theirs = set(Receivable.objects.filter(customer=customer, pk__in=said.receivables).values_list("pk", flat=True))
    for place, one in enumerate(said.receivables):
        if one not in theirs:
            errors.append(FieldError(("receivables", place), "Ese cargo no es de este cliente"))
    reference = clean("reference", said.reference, errors) if said.reference else ""
    note = clean("note", said.note, errors) if said.note else ""
    if errors:
        raise refused(errors)
    return Typed(
        customer_id=customer.pk,
        amount=Decimal(said.amount),
        day=said.paid_on or (known.paid_on if known else day_of(now)),
        forma_pago=said.forma_pago,
        reference=reference,
        bank_account_id=None if account is None else account.pk,
        chosen=said.receivables,
        note=note,
        another=said.another,
    )


def _check_same(known: Payment, typed: Typed) -> None:
    """Its amount was compared before. Whose it is may have been decided since, by a person."""
    was = (known.paid_on, known.forma_pago, known.num_operacion)
    if was != (typed.day, typed.forma_pago, " ".join(typed.reference.split())):
        raise conflict(
            "Ese pago ya se registró con otros datos",
            f"Es del {known.paid_on:%d/%m/%Y}, con forma de pago {known.forma_pago}: si es otro, usa otra clave.",
        )


def _out(one: Payment, source: str, external_id: str, *, pending: bool = False) -> PaymentOut:
    parts = list(one.allocations.all())
    applied = sum((part.amount for part in parts), Decimal("0.00"))
    return PaymentOut(
        source=source,
        external_id=external_id,
        customer=one.customer.number if one.customer is not None else None,
        amount=f"{one.amount:.2f}",
        moneda=one.moneda,
        paid_on=one.paid_on.isoformat(),
        forma_pago=one.forma_pago,
        reference=one.num_operacion,
        applied=f"{applied:.2f}",
        in_favour=f"{Decimal(0) if one.reversed_on else one.amount - applied:.2f}",
        pays=[PaidOut(receivable=part.receivable_id, amount=f"{part.amount:.2f}") for part in parts],
        reversed_as=one.reversed_as,
        reversal_pending=pending or (one.reversed_on is None and bool(being_taken_back([one]))),
    )
