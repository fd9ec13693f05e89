"""Planes: what is set, priced from a day on, and refused in words at its field."""

from datetime import timedelta
from decimal import Decimal

from amate.access.models import Role
from amate.billing_cycle.subscriptions.models import Plan, PlanPrice, PriceRise
from tests.billing_cycle.subscriptions.test_run import today
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.web.office.desk import Office
from tests.web.office.subscriptions.pages import PLAN, hidden, looks
from tests.web.office.test_imports import play, post
from tests.world import World

NEW = "suscripciones/planes/nuevo/"


def test_a_plan_that_could_not_be_billed_is_refused_at_its_field(world: World, office: Office) -> None:
    wrong = {
        "concept": ("Internet de {mess}", "No existe {mess}"),
        "clave_prod_serv": ("99999999", "El SAT no tiene la clave"),
        "precio": ("0", "mayor que cero"),
        "frecuencia": ("other", "cada cuántos se cobra"),
        "corte": ("fixed", "Escribe un día del 1 al 31"),
        "lead_days": ("99", "Escribe de 0 a 60"),
        "desde": ("9999-12-31", "entre los años 2000 y 2100"),
    }
    for field, (typed, sentence) in wrong.items():
        answer = post(office, NEW, PLAN | {field: typed})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), field
    assert Wheel(world).look(Plan.objects.count) == 0


def test_month_end_and_half_months_say_what_they_do(world: World, office: Office) -> None:
    _, page = looks(office, NEW, PLAN | {"corte": "month_end", "fiscal_mode": "ppd"})
    assert "el último día" in page
    assert "De cada pago sale su complemento" in page
    _, page = looks(office, NEW, PLAN | {"frecuencia": "semimonth:1", "reviewed": "1", "in_advance": "0"})
    assert "cada quincena" in page
    assert "Nada sale hasta que alguien lo apruebe" in page


def test_a_plan_changes_and_its_prices_have_their_day(world: World, office: Office) -> None:
    wheel = Wheel(world)
    for _ in range(2):  # pressed twice it is one plan
        assert post(office, NEW, PLAN).status_code == 302
    plan = wheel.look(Plan.objects.get)
    path = f"suscripciones/planes/{plan.pk}/"
    first = hidden(office.text(path))
    assert post(office, path, PLAN | first | {"nombre": "Internet 100", "terms_days": "7"}).status_code == 302
    answer = post(office, path, PLAN | first | {"nombre": "Otro"})
    assert "alguien cambió este plan" in answer.content.decode()
    plan = wheel.look(Plan.objects.get)
    assert (plan.nombre, plan.terms_days) == ("Internet 100", 7)
    later = today(wheel) + timedelta(days=30)
    price = {"precio": "649", "sin_impuestos": "0", "impuestos": PLAN["impuestos"], "desde": str(later)}
    for _ in range(2):
        assert post(office, f"{path}precio/", price).status_code == 302
    answer = post(office, f"{path}precio/", price | {"precio": "700"})
    assert (answer.status_code, "Ya hay otro precio desde" in answer.content.decode()) == (422, True)
    answer = post(office, f"{path}precio/", price | {"desde": str(later - timedelta(days=60))})
    assert "Elige hoy o un día que venga" in answer.content.decode()
    assert "Entra ese día" in office.text(path)
    new = wheel.look(lambda: PlanPrice.objects.get(amount=Decimal(649)))
    assert post(office, f"{path}precio/{new.pk}/quitar/").status_code == 302
    assert wheel.look(PlanPrice.objects.count) == 1
    post(office, f"{path}retirar/")
    assert "ya no se ofrece" in office.text("suscripciones/planes/")
    post(office, f"{path}ofrecer/")
    assert wheel.look(Plan.objects.get).is_active


def test_a_plan_that_somebody_has_keeps_the_days_of_its_charges(world: World, office: Office) -> None:
    wheel = Wheel(world)
    plan = wheel.plan(objeto_imp="02", setup_concept="Instalación")
    wheel.subscribe(wheel.customer(), plan, str(today(wheel) + timedelta(days=9)), today=str(today(wheel)))
    path = f"suscripciones/planes/{plan.pk}/"
    for change in ({"lead_days": "5"}, {"frecuencia": "year:1"}, {"in_advance": "0"}):
        answer = post(office, path, PLAN | hidden(office.text(path)) | change)
        assert (answer.status_code, "haz otro plan" in answer.content.decode()) == (422, True), change


def test_prices_rise_after_everybody_was_shown_and_before_their_day_not_at_all(world: World, office: Office) -> None:
    wheel = Wheel(world)
    plan = wheel.plan(price="600.00")
    wheel.subscribe(wheel.customer(), plan, str(today(wheel) + timedelta(days=9)), today=str(today(wheel)))
    path = "suscripciones/precios/"
    asked = {"plans": str(plan.pk), "percent": "5", "valid_from": str(today(wheel) + timedelta(days=40))}
    sent, page = looks(office, path, asked)
    assert "$630.00" in page
    assert "<b>$30.00</b> más cada periodo" in page
    assert wheel.look(PriceRise.objects.count) == 0
    for _ in range(2):
        assert post(office, path, sent | {"confirmar": "1"}).status_code == 302
    rise = wheel.look(PriceRise.objects.get)
    assert "Quitar este cambio" in office.text(path)
    post(office, f"{path}{rise.pk}/quitar/")
    assert wheel.look(lambda: PlanPrice.objects.filter(plan=plan).count()) == 1
    answer = post(office, path, asked | {"percent": "0", "ver": "1"})
    assert (answer.status_code, "distinto de cero" in answer.content.decode()) == (422, True)


def test_who_may_not_keep_plans_only_reads_them(world: World, office: Office) -> None:
    wheel = Wheel(world)
    plan = wheel.plan()
    play(Role.SUPPORT, world)
    assert "Agregar plan" not in office.text("suscripciones/planes/")
    assert "Guardar plan" not in office.text(f"suscripciones/planes/{plan.pk}/")
    assert post(office, NEW, PLAN).status_code == 403
