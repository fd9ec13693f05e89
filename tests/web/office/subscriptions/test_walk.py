"""From nothing to a billed subscription, on the pages alone."""

from amate.audit.models import Entry
from amate.billing_cycle.subscriptions.models import Period, Plan, Subscription
from amate.ledger.models import Receivable
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.web.office.desk import Office
from tests.web.office.subscriptions.pages import PLAN, hidden, looks
from tests.web.office.test_imports import post
from tests.world import World


def test_a_plan_is_set_a_customer_subscribes_and_the_worker_bills_him(world: World, office: Office) -> None:
    wheel = Wheel(world)
    assert "Primero, un plan" in office.text("suscripciones/")
    sent, page = looks(office, "suscripciones/planes/nuevo/", PLAN)
    assert "Quien empiece hoy: cada mes" in page
    assert "no es comprobante fiscal" in page
    assert post(office, "suscripciones/planes/nuevo/", sent).status_code == 302
    plan = wheel.look(Plan.objects.get)
    assert "Internet 50" in office.text("suscripciones/planes/")
    rosa = wheel.customer()
    found = post(
        office, "suscripciones/nueva/", hidden(office.text("suscripciones/nueva/")) | {"q": "rosa", "buscar": "1"}
    )
    assert f'name="elegir" value="{rosa.pk}"' in found.content.decode()
    asked = {"cliente": str(rosa.pk), "plan": str(plan.pk), "starts_on": "2026-11-15", "dura": "cycles", "cycles": "12"}
    asked |= {"quantity": "1", "charges_setup": "1", "sucursal": str(world.shop.branch.pk)}
    sent, page = looks(office, "suscripciones/nueva/", asked)
    assert "Cada mes, el día 15, desde el 15 de noviembre de 2026 hasta el 14 de noviembre de 2027: 12 cobros" in page
    assert wheel.look(Subscription.objects.count) == 0
    answers = [post(office, "suscripciones/nueva/", sent | {"guardar": "1"}) for _ in range(2)]
    one = wheel.look(Subscription.objects.get)
    assert [answer["Location"] for answer in answers] == [f"{world.shop.office}suscripciones/{one.pk}/"] * 2
    world.settle()
    page = office.text(f"suscripciones/{one.pk}/")
    assert "12 cobros" in page
    assert "Todavía no se le cobra" not in page
    assert wheel.look(Period.objects.count) == wheel.look(Receivable.objects.count) >= 1
    acts = wheel.look(lambda: set(Entry.objects.values_list("act", flat=True)))
    assert {"plan.added", "subscription.begun"} <= acts


def test_what_was_not_looked_at_is_not_written(world: World, office: Office) -> None:
    wheel = Wheel(world)
    plan, rosa = wheel.plan(), wheel.customer()
    asked = {"cliente": str(rosa.pk), "plan": str(plan.pk), "starts_on": "2026-11-15", "dura": "open", "quantity": "1"}
    asked |= {"sucursal": str(world.shop.branch.pk)}
    sent, _ = looks(office, "suscripciones/nueva/", asked)
    answer = post(office, "suscripciones/nueva/", sent | {"quantity": "3", "guardar": "1"})
    assert "Algo cambió desde que lo viste" in answer.content.decode()
    assert wheel.look(Subscription.objects.count) == 0
    answer = post(office, "suscripciones/nueva/", sent | {"quantity": "0", "guardar": "1"})
    assert (answer.status_code, "mayor que cero" in answer.content.decode()) == (422, True)


def test_nonsense_is_answered_with_a_sentence(world: World, office: Office) -> None:
    wheel = Wheel(world)
    plan, rosa = wheel.plan(unit="year", every=100), wheel.customer()
    asked = {
        "cliente": str(rosa.pk),
        "plan": str(plan.pk),
        "starts_on": "2026-11-15",
        "dura": "cycles",
        "quantity": "1",
    }
    asked |= hidden(office.text("suscripciones/nueva/")) | {
        "sucursal": str(world.shop.branch.pk),
        "cliente": str(rosa.pk),
    }
    for change, sentence in (
        ({"cycles": "1200"}, "no cabe en un calendario"),
        ({"cycles": "2", "starts_on": "9999-12-31"}, "entre los años 2000 y 2100"),
        ({"cycles": "2", "quantity": "9" * 30}, "demasiado grande"),
        ({"cycles": "2", "cliente": "9" * 30}, "9223372036854775807"),
    ):
        answer = post(office, "suscripciones/nueva/", asked | change | {"ver": "1"})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), change
