"""Somebody who is billed and pays, by days of the world's clock; the worker does the rest."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.subscriptions.models import Plan
from amate.companies.day import day_of
from amate.customers.change import change_customer
from amate.customers.current import current_of
from amate.customers.fingerprint import of_customer
from amate.customers.models import Customer
from amate.invoices.models import Instalment, Invoice
from amate.ledger.models import Allocation, Payment, Receivable
from amate.ledger.owe_documents import owe_documents
from amate.ledger.receive import Incoming, Received, receive_payment
from amate.ledger.reverse import Why, reverse_payment
from amate.promises.models import Promise
from amate.self_invoicing.models import Ticket
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.invoices.life import minutes_pass, the_receiver
from tests.people import FISICA, receptor_of
from tests.world import World

T = TypeVar("T")


class Payer(Wheel):
    """One customer of one plan of 599.00, IVA within."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.known: dict[str, Plan] = {}

    @property
    def today(self) -> date:
        return self.world.today()

    def billed(
        self, mode: str, nombre: str = "Rosa Tapia", *, fiscal: dict[str, str] | None = FISICA, **said: Any
    ) -> tuple[Customer, Receivable]:
        """Billed today, and whatever that owes is done."""
        who = self.customer(nombre, fiscal=fiscal)
        return who, self.owes_more(who, mode, **said)

    def owes_more(self, who: Customer, mode: str, **said: Any) -> Receivable:
        """Another subscription, billed today."""
        plan = self.known.setdefault(mode, self.known.get(mode) or self.plan(f"internet-{mode}", fiscal_mode=mode))
        self.subscribe(who, plan, self.today.isoformat(), **said)
        self.bill(self.today.isoformat(), who)
        self.world.settle()
        return self.debt_of(who)

    def act(self, act: Callable[[date, datetime], T]) -> T:
        """In one transaction, with the company's day and the instant."""
        return self.look(lambda: act(day_of(self.now()), self.now()))

    def tells_his_data(self, who: Customer, fiscal: dict[str, str] = FISICA) -> None:
        """To staff, who write them down."""

        def act() -> None:
            seen = of_customer(who, current_of(who))
            change_customer(
                customer_id=who.pk, nombre=who.nombre, receptor=receptor_of(fiscal), correo=who.correo, seen=seen, now=self.now(),
            )  # fmt: skip

        self.look(act)

    def asks(self, *payments: Payment) -> None:
        """Look at these again."""
        self.act(lambda today, now: owe_documents([one.pk for one in payments], now=now))
        self.world.settle()

    def takes_back(self, payment: Payment, why: Why = Why.CHARGEBACK) -> None:
        self.act(lambda today, now: reverse_payment(payment_id=payment.pk, why=why, note="", today=today, now=now))

    def debt_of(self, who: Customer) -> Receivable:
        return self.look(lambda: Receivable.objects.filter(customer=who).latest("id"))

    def pays(
        self, who: Customer | None, amount: str, ref: str = "p-1", *, forma: str = "03", paid_at: datetime | None = None,
        chosen: Sequence[int] = (),
    ) -> Received:  # fmt: skip
        """In one transaction, as every edge does it: the ledger, and where he stands."""

        def act() -> Received:
            today, moment = day_of(self.now()), paid_at or self.now() - timedelta(minutes=1)
            incoming = Incoming(
                provider="conekta", provider_ref=ref, amount=Decimal(amount), account="puente:conekta",
                paid_at=moment, paid_on=day_of(moment), forma_pago=forma,
            )  # fmt: skip
            received = receive_payment(
                incoming=incoming, customer_id=who and who.pk, chosen=chosen, today=today, now=self.now()
            )
            if who is not None:
                reassess_customers(customer_ids=[who.pk], today=today, now=self.now())
            return received

        return self.look(act)

    def paid(self, who: Customer | None, amount: str, ref: str = "p-1", **said: Any) -> Payment:
        received = self.pays(who, amount, ref, **said)
        self.world.settle()
        return received.payment

    def documents(self, **where: Any) -> list[Invoice]:
        return self.look(lambda: list(Invoice.objects.filter(**where).order_by("id")))

    def reps(self) -> list[Invoice]:
        return self.documents(kind="pago")

    def told(self) -> list[tuple[Decimal, int]]:
        """What each live instalment pays, and its number."""
        return self.look(
            lambda: list(Instalment.objects.live().order_by("id").values_list("imp_pagado", "num_parcialidad"))
        )

    def frozen(self) -> list[bool]:
        return self.look(lambda: [one.frozen_at is not None for one in Allocation.objects.order_by("id")])

    def tickets(self) -> list[Ticket]:
        return self.look(lambda: list(Ticket.objects.filter(source="cobranza").order_by("id")))

    def cancelled_by_the_sat(self, rep: Invoice) -> None:
        """The receiver accepts, and the looks at the SAT find it."""
        self.world.settle()
        the_receiver(self.world, "accept", rep)
        minutes_pass(self.world)

    def given_up(self) -> list[str]:
        """What waits for a person."""

        def look() -> list[str]:
            rows = Promise.objects.filter(done_at__isnull=True, next_try_at__isnull=True)
            return list(rows.values_list("last_error", flat=True))

        return self.look(look)

    def subjects(self) -> list[str]:
        return [str(one["Subject"]) for one in self.world.mail.mails]
