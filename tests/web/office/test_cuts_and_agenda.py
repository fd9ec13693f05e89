"""Who would be cut and why, before anybody is, with a veto; whom to call, and what was said."""

from datetime import date, timedelta
from typing import Any

import pytest

from amate.billing_cycle.collection.cuts import who_would_be_cut
from amate.billing_cycle.collection.models import CollectionDay, CollectorNote, Exemption, Notice
from tests.billing_cycle.collection.evening import CUT, Evening
from tests.web.office.desk import Office
from tests.world import World

EVE = CUT - timedelta(days=1)
TOLD = date(2026, 3, 17)


@pytest.fixture
def evening(world: World, monkeypatch: pytest.MonkeyPatch) -> Evening:
    """The web's day is the evening's."""
    monkeypatch.setattr("django.utils.timezone.now", world.now)
    return Evening(world)


def send(office: Office, path: str, **said: Any) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))


def test_who_would_be_cut_is_told_with_his_debt_and_a_veto_spares_him_a_week(evening: Evening) -> None:
    who = evening.debtor()
    evening.until(EVE)
    office = Office(evening.world)
    page = office.text("servicios/cortes/")
    assert who.nombre in page
    assert "$599.00" in page
    refused = send(office, "servicios/cortes/veto/", id=str(who.pk), motivo="")
    assert refused.status_code == 422
    assert "Escribe por qué" in refused.content.decode()
    assert send(office, "servicios/cortes/veto/", id=str(who.pk), motivo="Es la escuela").status_code == 302
    [exempt] = evening.scoped(lambda: list(Exemption.objects.all()))
    assert (exempt.customer_id, exempt.until, exempt.why) == (who.pk, EVE + timedelta(days=7), "Es la escuela")
    assert evening.scoped(lambda: who_would_be_cut(on=CUT)) == []
    assert who.nombre not in office.text("servicios/cortes/")


def test_a_stranger_is_no_customer_to_spare(evening: Evening) -> None:
    other = evening.debtor()
    office = Office(evening.world)
    assert "A nadie" in office.text("servicios/cortes/")
    assert send(office, "servicios/cortes/veto/", id=str(other.pk), motivo="x").status_code == 422
    assert evening.scoped(Exemption.objects.count) == 0


def test_the_fuse_is_told_and_whoever_looked_lets_them_through_once(evening: Evening) -> None:
    evening.be(CUT)
    held = "Serían 40 cortes."
    evening.scoped(lambda: CollectionDay.objects.create(day=CUT, would_cut=40, held_because=held))
    office = Office(evening.world)
    assert held in office.text("servicios/cortes/")
    for _ in range(2):
        assert send(office, "servicios/cortes/permitir/", cuantos="40").status_code == 302
    day = evening.the_day()
    assert (day.allowed, day.allowed_by, day.held_because) == (40, evening.world.shop.owner.email, "")
    assert held not in office.text("servicios/cortes/")


def test_a_call_is_noted_and_who_was_not_reached_comes_back_on_his_day(evening: Evening) -> None:
    who = evening.debtor(correo="")
    evening.until(TOLD)
    office = Office(evening.world)
    assert who.nombre in office.text("por-cobrar/agenda/")
    call = evening.scoped(Notice.objects.get)
    path = f"por-cobrar/agenda/{who.pk}/"
    assert "Anotar la llamada" in office.text(path)
    empty = send(office, path + "nota/", texto="", aviso=str(call.pk))
    assert (empty.status_code, "Escribe qué pasó" in empty.content.decode()) == (422, True)
    past = send(office, path + "nota/", texto="No contestó", sigue="2026-03-17", aviso=str(call.pk))
    assert (past.status_code, "No contestó" in past.content.decode()) == (422, True)
    assert send(office, path + "nota/", texto="No contestó", sigue="2026-03-18", aviso=str(call.pk)).status_code == 302
    assert who.nombre not in office.text("por-cobrar/agenda/")
    evening.be(TOLD + timedelta(days=1))
    assert who.nombre in office.text("por-cobrar/agenda/")
    said = {"texto": "Paga mañana", "contesto": "on", "aviso": str(call.pk)}
    assert send(office, path + "nota/", **said).status_code == 302
    assert evening.scoped(lambda: Notice.objects.get().state) == Notice.State.SENT
    assert send(office, path + "listo/").status_code == 302
    assert evening.scoped(lambda: CollectorNote.objects.filter(done_at__isnull=True).count()) == 0
