"""Servicios: what is wanted and what is there, held and lifted by hand, done by a person, told again; and who serves."""

import re
from datetime import timedelta
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.service.accounts import open_account
from amate.billing_cycle.service.models import Hold, Order, Service, SwitchAccount
from amate.promises.models import Promise
from tests.billing_cycle.collection import states
from tests.ledger.hands import customer
from tests.web.office.desk import Office
from tests.world import World

WISH = "a" * 32


@pytest.fixture
def at_noon(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    world._held = states.MORNING
    monkeypatch.setattr("django.utils.timezone.now", world.now)
    return world


def send(office: Office, path: str, **said: Any) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))


def again(world: World, one: Service) -> Service:
    return world.scoped(lambda: Service.objects.get(pk=one.pk))


def test_a_cut_is_told_with_its_debts_rule_and_warning(at_noon: World) -> None:
    office = Office(at_noon)
    cut = at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    line = at_noon.scoped(lambda: cut.services.get())
    [row] = office.get("servicios/", estado="suspended").context["rows"]
    assert (row.id, row.why, row.pill.word) == (line.pk, "Falta de pago", "Por suspender")
    assert office.get("servicios/", motivo="nonpayment").context["rows"][0].id == line.pk
    assert office.get("servicios/", estado="tasks").context["rows"][0].id == line.pk
    assert office.get("servicios/", estado="active").context["rows"] == []
    assert office.get("servicios/", q=line.external_id).context["rows"][0].id == line.pk
    page = office.text(f"servicios/{line.pk}/")
    for said in (
        "$599.00 vencidos desde el 11 mar 2026",
        "se le avisó el 15 mar 2026",
        "Suspéndelo",
    ):
        assert said in page, said


def test_a_person_does_it_by_hand_once(at_noon: World) -> None:
    office = Office(at_noon)
    cut = at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    line = at_noon.scoped(lambda: cut.services.get())
    late = send(office, f"servicios/{line.pk}/hecho/", orden=str(line.gen - 1))
    assert late.status_code == 302
    assert again(at_noon, line).actual == "active"
    assert send(office, f"servicios/{line.pk}/hecho/", orden=str(line.gen)).status_code == 302
    found = again(at_noon, line)
    assert (found.actual, found.actual_gen) == ("suspended", line.gen)
    assert at_noon.scoped(lambda: Order.objects.get().answer).startswith("Lo hizo ana@")
    assert office.get("servicios/", estado="tasks").context["rows"] == []
    assert at_noon.scoped(lambda: Entry.objects.filter(act="service.done_by_hand").count()) == 1


def test_it_is_held_and_lifted_by_hand_with_a_reason(at_noon: World) -> None:
    office = Office(at_noon)
    line = at_noon.scoped(lambda: states.line_of(customer("Rosa Mal Uso")))
    assert send(office, f"servicios/{line.pk}/suspender/", motivo="nonpayment", nota="x").status_code == 422
    assert send(office, f"servicios/{line.pk}/suspender/", motivo="abuse", nota="").status_code == 422
    assert send(office, f"servicios/{line.pk}/suspender/", motivo="abuse", nota="Reventa").status_code == 302
    assert again(at_noon, line).desired == "suspended"
    assert "Mal uso" in office.text(f"servicios/{line.pk}/")
    assert "Reventa" in office.text(f"servicios/{line.pk}/")
    assert send(office, f"servicios/{line.pk}/volver/", quita="abuse", porque="Se aclaró").status_code == 302
    assert again(at_noon, line).desired == "active"
    [hold] = at_noon.scoped(lambda: list(Hold.objects.all()))
    assert (hold.lifted_because, hold.lifted_by) == ("Se aclaró", at_noon.shop.owner.email)


def test_a_system_is_connected_and_its_key_is_shown_once(at_noon: World) -> None:
    office = Office(at_noon)
    bad = send(
        office, "servicios/sistemas/", name="Red", kind="webhook", url="http://red.example/", observe_url="", clave=WISH
    )
    assert bad.status_code == 422
    assert "https://" in bad.content.decode()
    made = send(
        office,
        "servicios/sistemas/",
        name="Red",
        kind="webhook",
        url="https://red.example/",
        observe_url="",
        clave=WISH,
    )
    assert made.status_code == 200
    assert "whsec_" in made.content.decode()
    account = at_noon.scoped(lambda: SwitchAccount.objects.get())
    assert "whsec_" not in office.text(f"servicios/sistemas/{account.pk}/")
    twice = send(office, "servicios/sistemas/", name="Red", kind="manual", clave="c" * 32)
    assert "Ya hay un sistema con ese nombre" in twice.content.decode()
    assert send(office, "servicios/sistemas/", name="A mano", kind="manual", clave=WISH).status_code == 302
    again = send(
        office,
        "servicios/sistemas/",
        name="Red",
        kind="webhook",
        url="https://red.example/",
        observe_url="",
        clave=WISH,
    )
    assert again.context["key"] == made.context["key"], "the second press shows the key of the first"
    form = re.search(r'name="clave" value="([0-9a-f]{32})"', office.text(f"servicios/sistemas/{account.pk}/"))
    assert form is not None
    pressed = [send(office, f"servicios/sistemas/{account.pk}/llave/", clave=form[1]) for _ in range(2)]
    key = pressed[0].context["key"]
    assert key == pressed[1].context["key"] != made.context["key"]
    signs = at_noon.scoped(lambda: open_account(SwitchAccount.objects.get(pk=account.pk)).keys)
    assert signs == (key, made.context["key"]), "the key of before still signs beside it"
    at_noon.scoped(
        lambda: SwitchAccount.objects.filter(pk=account.pk).update(key_made_at=at_noon.now() - timedelta(minutes=2))
    )
    late = send(office, f"servicios/sistemas/{account.pk}/llave/", clave=form[1])
    assert late.status_code == 302
    assert key not in office.text("servicios/sistemas/")
    assert at_noon.scoped(lambda: open_account(SwitchAccount.objects.get(pk=account.pk)).keys) == signs
    assert send(office, f"servicios/sistemas/{account.pk}/llave/").status_code == 302
    changed = send(
        office, f"servicios/sistemas/{account.pk}/", name="Red Norte", url="https://n.example/", observe_url=""
    )
    assert changed.status_code == 302
    assert at_noon.scoped(lambda: SwitchAccount.objects.get(pk=account.pk).name) == "Red Norte"


def test_what_the_other_side_would_not_take_is_told_again(at_noon: World) -> None:
    office = Office(at_noon)
    send(
        office,
        "servicios/sistemas/",
        name="Red",
        kind="webhook",
        url="https://red.example/",
        observe_url="",
        clave=WISH,
    )
    who = at_noon.scoped(lambda: customer("Rosa Nueva"))
    system = at_noon.scoped(lambda: SwitchAccount.objects.get().pk)
    form = {"name": "Casa", "sistema": str(system), "external_id": "ppp-1"}
    assert send(office, f"clientes/{who.pk}/servicio/", **form).status_code == 302
    line = at_noon.scoped(lambda: Service.objects.get())
    assert (line.customer_id, line.external_id) == (who.pk, "ppp-1")
    same = send(office, f"clientes/{who.pk}/servicio/", **form)
    assert same.status_code == 422
    assert "ROSA NUEVA" in same.content.decode().upper()
    at_noon.scoped(lambda: Service.objects.update(trouble="No contesta"))
    assert office.get("servicios/", estado="trouble").context["rows"][0].trouble == "No contesta"
    assert send(office, f"servicios/{line.pk}/avisar/").status_code == 302
    assert at_noon.scoped(lambda: Promise.objects.open().filter(key=f"drive:{line.pk}:{line.gen}").exists())
