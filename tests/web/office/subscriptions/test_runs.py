"""Corridas: what waits for a word, what went wrong and how it is mended, and what Inicio tells of it."""

from datetime import timedelta

from amate.billing_cycle.subscriptions.models import BillingRun, Parking, Period, PlanPrice
from amate.worker import billing
from tests.billing_cycle.subscriptions.test_run import subscribers, today
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.web.office.desk import Office
from tests.web.office.subscriptions.pages import hidden
from tests.web.office.test_imports import post
from tests.world import World


def test_a_run_waits_loses_one_and_goes_out_when_somebody_says_so(world: World, office: Office) -> None:
    wheel = Wheel(world)
    left, *others = subscribers(wheel, 3, days_ago=3, reviewed=True)
    world.scoped(lambda: billing.plan(wheel.now()))
    run = wheel.look(lambda: BillingRun.objects.get(reviewed=True))
    assert "3 cobros por $1,797.00 esperan tu aprobación" in office.text()
    path = f"corridas/{run.pk}/"
    assert "Aprobar 3 cobros por $1,797.00" in office.text(path)
    old = hidden(office.text(f"{path}aprobar/"))
    post(office, f"{path}aprobar/", {"dejar": "1", "id": [left.payer_id]})
    assert "Aprobar 2 cobros por $1,198.00" in office.text(path)
    answer = post(office, f"{path}aprobar/", old)
    assert "La corrida cambió desde que la viste" in answer.content.decode()
    sent = hidden(office.text(f"{path}aprobar/"))
    for _ in range(2):
        assert post(office, f"{path}aprobar/", sent).status_code == 302
    assert "Se está cobrando" in office.text(path)
    live = world.inside(lambda: office.client.get(world.shop.office + path, headers={"HX-Request": "true"}))
    assert b"data-live" in live.content
    world.settle()
    assert 'good">lo previsto' in office.text(path)
    assert wheel.look(lambda: set(Period.objects.values_list("subscription_id", flat=True))) == {
        one.pk for one in others
    }
    assert "$1,198.00" in office.text("corridas/")


def test_who_cannot_be_billed_is_told_in_words_and_tried_again(world: World, office: Office) -> None:
    wheel = Wheel(world)
    [one] = subscribers(wheel, 1, days_ago=3)
    wheel.look(lambda: PlanPrice.objects.all().delete())
    world.scoped(lambda: billing.plan(wheel.now()))
    world.settle()
    page = office.text("corridas/detenidos/")
    assert "no tiene precio" in page
    assert "Poner precio al plan" in page
    assert "1 cliente no se puede cobrar" in office.text()
    parking = wheel.look(Parking.objects.get)
    assert "Detenida" in office.text(f"suscripciones/{one.pk}/")
    assert "espera a que lo revises" in office.text("corridas/antes/")
    post(office, f"suscripciones/planes/{wheel.look(lambda: one.terms.get().plan_id)}/precio/", {
        "precio": "599", "sin_impuestos": "0", "impuestos": "02|002:Tasa:0.16", "desde": "2020-01-01",
    })  # fmt: skip
    for _ in range(2):
        assert post(office, f"corridas/detenidos/{parking.pk}/otra-vez/").status_code == 302
    world.settle()
    assert "Nadie está detenido" in office.text("corridas/detenidos/")
    assert wheel.look(Period.objects.count) == 1


def test_before_a_charge_each_lack_leads_to_its_remedy(world: World, office: Office) -> None:
    wheel = Wheel(world)
    one = wheel.subscribe(
        wheel.customer(), wheel.plan(), str(today(wheel) + timedelta(days=2)), today=str(today(wheel))
    )
    assert "Todo listo" in office.text("corridas/antes/")
    wheel.look(lambda: type(one).objects.filter(pk=one.pk).update(fiscal_mode="ppd"))
    page = office.text("corridas/antes/")
    assert "Faltan los datos fiscales de Rosa Tapia" in page
    assert f'href="{world.shop.office}clientes/{one.customer_id}/datos/"' in page
    wheel.look(lambda: type(one).objects.filter(pk=one.pk).update(next_on=None))
    assert "Con servicio desde el" in office.text("corridas/antes/")
    assert "nunca se van a cobrar" in office.text()
    assert "La corrida de hoy" in office.text()
