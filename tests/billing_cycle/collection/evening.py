"""A company's days about debts, moved by the beats of its worker."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any, TypeVar

from amate.billing_cycle.collection.models import CollectionDay, Notice
from amate.billing_cycle.collection.plan_day import hour_of
from amate.billing_cycle.collection.remind import remind_customers
from amate.billing_cycle.service.accounts import keep_switch
from amate.billing_cycle.service.add import add_service
from amate.billing_cycle.service.models import Service, SwitchAccount
from amate.companies.models import BillingPolicy
from amate.customers.add import add_customer
from amate.customers.models import Customer
from amate.ledger.debts import who_owes
from amate.ledger.models import Receivable
from amate.worker import collection
from tests.ledger.hands import DAY, at, charged, pays
from tests.world import World

T = TypeVar("T")
DUE = DAY + timedelta(days=10)  # Wednesday 11 March 2026
LAST = DUE + timedelta(days=4)  # a Sunday, so it is told on Tuesday: the 16th is a holiday
CUT = DUE + timedelta(days=8)


class Evening:
    """Its clock stands at the hour that was said last (central Mexico)."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.day, self.hour = DAY, 10
        self.people = 0
        self.be(DAY)

    def be(self, day: date, hour: int = 10) -> None:
        self.day, self.hour = day, hour
        self.world.ahead = datetime.combine(day, time(hour), tzinfo=UTC) + timedelta(hours=6) - datetime.now(UTC)

    def scoped(self, act: Callable[[], T]) -> T:
        return self.world.scoped(act)

    def debtor(self, amount: str = "599.00", *, correo: str | None = None, served: bool = True) -> Customer:
        self.people += 1
        number = self.people
        mail = f"cliente{number}@example.com" if correo is None else correo

        def make() -> Customer:
            who = add_customer(nombre=f"Cliente {number}", receptor=None, correo=mail, now=at(DAY))
            charged(who, f"p:{number}", amount)
            if served:
                add_service(
                    customer_id=who.pk,
                    subscription_id=None,
                    switch=_switch(),
                    external_id=f"svc-{number}",
                    name="Casa",
                    now=at(DAY),
                )
            return who

        return self.scoped(make)

    def policy(self, **said: Any) -> None:
        self.scoped(lambda: BillingPolicy.objects.create(effective_from=date(2020, 1, 1), **said))

    def beat(self, day: date | None = None, hour: int = 10) -> list[EmailMessage]:
        """The worker's beat at that hour, and all that it owes: the mails that left."""
        if day is not None:
            self.be(day, hour)
        before = len(self.world.mail.mails)
        self.scoped(lambda: collection.plan(self.world.now()))
        self.world.settle()
        return self.world.mail.mails[before:]

    def until(self, day: date) -> list[str]:
        """Day by day to that one: the subjects, each with its day."""
        said: list[str] = []
        while self.day < day:
            self.be(self.day + timedelta(days=1))
            before = len(self.world.mail.mails)
            if self.scoped(self._remind):
                self.world.settle()
            said += [f"{self.day:%m-%d} {one['Subject']}" for one in self.world.mail.mails[before:]]
        return said

    def _remind(self) -> int:
        """As the worker's own run, without its process."""
        now = self.world.now()
        if not hour_of(now).tells:
            return 0
        who = who_owes(due_by=self.day + timedelta(days=5))
        return remind_customers(customer_ids=who, money_coming=(), today=self.day, now=now).notices

    def pays(self, who: Customer, amount: str = "599.00", *, reference: str = "ox") -> Any:
        return self.scoped(lambda: pays(who, f"{reference}-{who.pk}", amount, day=self.day))

    def notices(self) -> list[tuple[str, str, str]]:
        return self.scoped(lambda: list(Notice.objects.order_by("id").values_list("step", "channel", "state")))

    def the_day(self) -> CollectionDay:
        return self.scoped(lambda: CollectionDay.objects.get(day=self.day))

    def desired(self, who: Customer) -> str:
        return self.scoped(lambda: Service.objects.get(customer=who).desired)

    def debt(self, who: Customer) -> Receivable:
        return self.scoped(lambda: Receivable.objects.filter(customer=who).latest("id"))


def _switch() -> SwitchAccount:
    found = SwitchAccount.objects.first()
    if found is None:
        found = SwitchAccount.objects.create(name="A mano", kind="manual", created_at=at(DAY))
    one: SwitchAccount = found
    return one


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


__all__ = ["CUT", "DUE", "LAST", "Decimal", "Evening", "keep_switch", "text_of"]
