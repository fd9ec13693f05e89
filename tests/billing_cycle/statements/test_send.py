"""Statements go out by the company's policy: every cut-off once, those of a time without a worker too."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from amate.billing_cycle.statements.models import Statement, StatementRun
from amate.billing_cycle.statements.plan import mails_from, plan_statements
from amate.billing_cycle.statements.send import promise_statements
from amate.companies.billing_policy import BillingPolicy, StatementWhen
from amate.companies.day import day_of, zone_of_company
from amate.customers.add import add_customer
from amate.customers.contacts import Said, add_contact
from amate.customers.models import Customer
from amate.messages.models import Message
from amate.promises.models import Promise
from amate.worker.statements import plan
from tests.billing_cycle.statements.test_compose import told_on
from tests.ledger.hands import at, charged, customer, pays
from tests.world import World

ROSA = "rosa@example.com"
DAY = timedelta(days=1)


def somebody(world: World, name: str = "Rosa Pérez", correo: str = ROSA) -> Customer:
    who = add_customer(nombre=name, receptor=None, correo=correo, now=world.now())
    charged(who, f"p:{who.pk}", "599.00", day=day_of(world.now()))
    return who


def owed() -> list[tuple[str, int]]:
    rows = Promise.objects.filter(kind="make_statements").order_by("id")
    return [(one.args["fecha_corte"], len(one.args["customer_ids"])) for one in rows]


def test_who_was_charged_is_told_the_next_day_once_with_a_paper_and_a_link(world: World) -> None:
    def story() -> date:
        BillingPolicy.objects.create(effective_from=date(2020, 1, 1), statement_when=StatementWhen.WITH_INVOICE)
        who = somebody(world)
        said = Said(
            nombre="Paula", correo="pagos@example.com", telefono="", receives_invoices=False, handles_payments=True
        )
        add_contact(customer_id=who.pk, said=said, now=world.now())
        customer("Quien nada debe")
        return day_of(world.now())

    today = world.scoped(story)
    world.time_passes(days=1)
    for _ in range(3):
        world.scoped(lambda: plan(world.now()))
        world.settle()
    assert world.scoped(owed) == [(today.isoformat(), 1)]
    world.time_passes(days=3)  # into the hours in which the company writes
    world.settle()
    sent = {one["To"]: one for one in world.mail.mails}
    assert sorted(sent) == ["pagos@example.com", ROSA]
    mail = sent[ROSA]
    assert "$599.00" in mail["Subject"]
    [paper] = [one for one in mail.iter_attachments() if one.get_content_type() == "application/pdf"]
    assert paper.get_payload(decode=True).startswith(b"%PDF")
    assert "/cuenta/" in mail.get_body(("plain",)).get_content()
    one = world.scoped(lambda: Statement.objects.get())
    assert (one.fecha_corte, one.closing) == (today, Decimal("599.00"))
    assert "/cuenta/…/" in world.scoped(lambda: Message.objects.get(to=ROSA).text)
    world.scoped(lambda: plan(world.now()))
    world.settle()
    assert len(world.mail.mails) == 2


def test_a_month_is_told_on_its_day_and_days_without_a_worker_are_made_up(world: World) -> None:
    def story() -> None:
        rosa, luis = customer("Rosa"), customer("Luis")
        charged(rosa, "p:1", "100.00", day=date(2026, 1, 5))
        charged(luis, "p:2", "100.00", day=date(2025, 10, 5))
        pays(luis, "ox-1", "100.00", day=date(2025, 10, 6))
        first = date(2026, 1, 30)
        assert plan_statements(today=first, now=at(first)) == 1
        later = date(2026, 2, 9)
        assert plan_statements(today=later, now=at(later)) == 10
        assert plan_statements(today=later, now=at(later)) == 0
        assert StatementRun.objects.filter(customers__gt=0).count() == 1
        assert owed() == [("2026-01-31", 1)]

    world.scoped(story)


def test_the_same_snapshot_is_owed_to_an_address_once(world: World) -> None:
    def story() -> None:
        who = somebody(world)
        today = day_of(world.now())
        for _ in range(2):
            one = told_on(who, today, today=today)
            assert promise_statements([one], at=world.now(), now=world.now()) == 1
        assert Promise.objects.filter(kind="send_statement").count() == 1
        nobody = somebody(world, "Sin Correo", "")
        assert promise_statements([told_on(nobody, today, today=today)], at=world.now(), now=world.now()) == 0

    world.scoped(story)


def test_it_waits_for_the_hours_in_which_the_company_writes(world: World) -> None:
    def story() -> None:
        zone = zone_of_company()
        night, noon = datetime(2026, 3, 3, 2, tzinfo=zone), datetime(2026, 3, 3, 12, tzinfo=zone)
        saturday = datetime(2026, 3, 7, 21, tzinfo=zone)
        assert mails_from(now=night) == datetime(2026, 3, 3, 9, tzinfo=zone)
        assert mails_from(now=noon) == noon
        assert mails_from(now=saturday) == datetime(2026, 3, 9, 9, tzinfo=zone)

    world.scoped(story)


def test_a_month_is_told_in_each_currency_that_moved(world: World) -> None:
    def story() -> None:
        BillingPolicy.objects.create(
            effective_from=date(2020, 1, 1),
            statement_when=StatementWhen.MONTHLY,
            statement_day=(day_of(world.now())).day,
        )
        who = somebody(world)
        charged(who, "usd:1", "100.03", day=day_of(world.now()), moneda="USD")

    world.scoped(story)
    world.time_passes(days=1)
    world.scoped(lambda: plan(world.now()))
    world.settle()
    made = world.scoped(lambda: [(one.moneda, one.closing) for one in Statement.objects.order_by("moneda")])
    assert made == [("MXN", Decimal("599.00")), ("USD", Decimal("100.03"))]
    world.time_passes(days=3)
    world.settle()
    subjects = sorted(str(one["Subject"]).rpartition(": ")[2] for one in world.mail.mails)
    assert subjects == ["$100.03 USD", "$599.00"]
