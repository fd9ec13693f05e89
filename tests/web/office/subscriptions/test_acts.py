"""What is done to one subscription: seen first, done once, and told on its page."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from amate.access.models import Role
from amate.billing_cycle.subscriptions.models import AddOn, OneOff, Pause, PlannedChange, Subscription
from tests.billing_cycle.subscriptions.test_run import today
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.web.office.desk import Office
from tests.web.office.subscriptions.pages import hidden, looks
from tests.web.office.test_imports import play, post
from tests.world import World


def running(wheel: Wheel, **plan: Any) -> tuple[Subscription, str]:
    """Billed for the days that run."""
    one = wheel.subscribe(wheel.customer(), wheel.plan(**plan), str(today(wheel) - timedelta(days=5)))
    wheel.world.settle()
    return one, f"suscripciones/{one.pk}/"


def test_a_bigger_plan_today_says_what_it_costs_and_is_charged_once(world: World, office: Office) -> None:
    wheel = Wheel(world)
    one, path = running(wheel, price="300.00")
    bigger = wheel.plan("fibra", price="600.00")
    asked = {"plan": str(bigger.pk), "quantity": "1", "special": "keep", "when": "now", "why": "Quiere más"}
    sent, page = looks(office, f"{path}cambiar/", asked)
    assert "Hoy paga $300.00 cada periodo: serán $300.00 más" in page
    assert "Diferencia por Fibra" in page
    assert wheel.look(PlannedChange.objects.count) == 0
    for _ in range(2):
        assert post(office, f"{path}cambiar/", sent | {"confirmar": "1"}).status_code == 302
    assert wheel.look(PlannedChange.objects.count) == wheel.look(OneOff.objects.count) == 1
    assert "Esta suscripción cambió desde que abriste la página" in office.text(path)
    assert "Fibra" in office.text(path)
    again = {"plan": str(bigger.pk), "quantity": "1", "special": "keep", "when": "next"}
    answer = post(office, f"{path}cambiar/", hidden(office.text(f"{path}cambiar/")) | again | {"ver": "1"})
    assert (answer.status_code, "Todo quedaría igual" in answer.content.decode()) == (422, True)


def test_a_pause_says_what_it_gives_back_and_ends_when_asked(world: World, office: Office) -> None:
    wheel = Wheel(world)
    one, path = running(wheel)
    days = {"from_on": str(today(wheel)), "last_day": str(today(wheel) + timedelta(days=9)), "policy": "free"}
    sent, page = looks(office, f"{path}pausar/", days)
    assert "10 días sin servicio" in page
    assert "Se le descuentan" in page
    assert wheel.look(Pause.objects.count) == wheel.look(OneOff.objects.count) == 0
    assert post(office, f"{path}pausar/", sent | {"confirmar": "1"}).status_code == 302
    assert "En pausa" in office.text(path)
    sent, page = looks(office, f"{path}reanudar/", {"on": str(today(wheel))})
    assert post(office, f"{path}reanudar/", sent | {"confirmar": "1"}).status_code == 302
    assert post(office, f"{path}reanudar/", sent | {"confirmar": "1"}).status_code == 302  # nothing is left to end
    assert wheel.look(Pause.objects.count) == 1


def test_who_leaves_is_told_until_when_and_may_stay(world: World, office: Office) -> None:
    wheel = Wheel(world)
    one, path = running(wheel)
    answer = post(office, f"{path}baja/", hidden(office.text(f"{path}baja/")) | {"when": "paid", "ver": "1"})
    assert (answer.status_code, "Escribe por qué se va" in answer.content.decode()) == (422, True)
    sent, page = looks(office, f"{path}baja/", {"when": "paid", "reason": "Se muda"})
    assert "Último día con servicio" in page
    assert "No se le cobrará nada más" in page
    assert post(office, f"{path}baja/", sent | {"confirmar": "1"}).status_code == 302
    assert "Quitar la baja" in office.text(path)
    assert "Se muda" in office.text(path)
    sent, _ = looks(office, f"{path}quitar-baja/", {})
    assert post(office, f"{path}quitar-baja/", sent | {"confirmar": "1"}).status_code == 302
    assert wheel.look(lambda: Subscription.objects.get(pk=one.pk).ends_on) is None


def test_something_is_charged_once_and_something_comes_with_every_period(world: World, office: Office) -> None:
    wheel = Wheel(world)
    one, path = running(wheel)
    sent, page = looks(
        office, f"{path}una-vez/", {"kind": "", "concept": "Visita", "amount": "$250", "on": str(today(wheel))}
    )
    assert "Visita" in page
    for _ in range(2):
        assert post(office, f"{path}una-vez/", sent | {"confirmar": "1"}).status_code == 302
    assert wheel.look(OneOff.objects.get).amount == Decimal(250)
    asked = {"kind": "percent", "concept": "Bienvenida", "percent": "10", "quantity": "1", "from_on": str(today(wheel))}
    sent, page = looks(office, f"{path}cada-periodo/", asked | {"last_day": str(today(wheel) + timedelta(days=90))})
    assert "Se quita solo después del" in page
    assert "$539.10" in page
    for _ in range(2):
        assert post(office, f"{path}cada-periodo/", sent | {"confirmar": "1"}).status_code == 302
    assert wheel.look(AddOn.objects.count) == 1
    assert "Bienvenida" in office.text(path)


def test_the_list_narrows_by_state_plan_day_and_customer(world: World, office: Office) -> None:
    wheel = Wheel(world)
    one, path = running(wheel)
    other = wheel.plan("fibra")
    wheel.subscribe(wheel.customer("Luz Peña"), other, str(today(wheel) + timedelta(days=9)), today=str(today(wheel)))
    shown = {
        ("plan", str(other.pk)): ("Luz", "Rosa"),
        ("q", "peña"): ("Luz", "Rosa"),
        ("desde", str(today(wheel) + timedelta(days=10))): ("Rosa", "Luz"),
    }
    for (name, value), (there, away) in shown.items():
        page = office.text("suscripciones/", **{name: value})
        assert (f'wrap">{there}' in page, f'wrap">{away}' in page) == (True, False), name
    assert "Ninguna suscripción es así" in office.text("suscripciones/", estado="parked")
    assert office.get("suscripciones/exportar/", formato="csv").status_code == 200


def test_whoever_may_not_change_it_still_sees_it_all(world: World, office: Office) -> None:
    wheel = Wheel(world)
    one, path = running(wheel)
    play(Role.COLLECTOR, world)
    assert "Dar de baja" not in office.text(path)
    assert office.get(f"{path}pausar/").status_code == 403
