"""Por cobrar: the list, one charge with what touched it, and giving it up; the customer's page tells the same."""

from datetime import timedelta
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.billing_cycle.collection.rules import Standing
from amate.customers.models import Customer
from amate.ledger.models import Receivable
from amate.ledger.queries import ageing, owed_in_books
from tests.billing_cycle.collection import states
from tests.ledger.hands import charged, customer, pays
from tests.web.office.desk import Office
from tests.web.office.test_list_export import rows_of_xlsx
from tests.world import World


@pytest.fixture
def at_noon(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    world._held = states.MORNING
    monkeypatch.setattr("django.utils.timezone.now", world.now)
    return world


def several() -> tuple[Customer, Receivable, Receivable, Receivable]:
    """Ana owes a part of what is late and all of what is not due; Beto paid."""
    ana, beto = customer("Ana Late"), customer("Beto Paid")
    late = charged(ana, "c:late", 100, day=states.TODAY - timedelta(days=50), due_on=states.TODAY - timedelta(days=40))
    pays(ana, "p:ana", 30, day=states.TODAY, chosen=[late.pk])
    due = charged(ana, "c:due", 500, due_on=states.TODAY + timedelta(days=9))
    paid = charged(beto, "c:paid", 70)
    pays(beto, "p:beto", 70, day=states.TODAY)
    return ana, late, due, paid


def send(office: Office, path: str, **said: Any) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))


def test_the_list_shows_what_is_owed_by_its_day_and_its_sum_is_the_books(at_noon: World) -> None:
    office, (_ana, late, due, paid) = Office(at_noon), at_noon.scoped(several)
    answer = office.get("por-cobrar/")
    rows = answer.context["rows"]
    assert [(row.id, str(row.left), row.late, row.pill.word) for row in rows] == [
        (late.pk, "70.00", 40, "Vencido"),
        (due.pk, "500.00", 0, "Por cobrar"),
    ]
    assert answer.context["list"].counted == "2 cargos por $570.00"
    books = at_noon.scoped(lambda: (owed_in_books(as_of=states.TODAY), ageing(as_of=states.TODAY)))
    assert answer.context["owed"] == books[0]
    assert [one.amount for one in answer.context["ages"]] == [one.amount for one in books[1].buckets]

    def ids(**query: str) -> list[int]:
        return [row.id for row in office.get("por-cobrar/", **query).context["rows"]]

    assert ids(edad="31-60") == ids(estado="overdue") == [late.pk]
    assert ids(edad="por_vencer") == [due.pk]
    assert ids(estado="paid") == ids(q="beto", estado="all") == [paid.pk]
    assert ids(q="ana late") == [late.pk, due.pk]
    assert ids(hasta=states.TODAY.isoformat()) == [late.pk]
    assert ids(monto="500") == [due.pk]
    assert ids(estado="all", tipo="fee") == []


def test_its_file_holds_the_same_with_real_days_and_numbers(at_noon: World) -> None:
    office, (_ana, late, due, _) = Office(at_noon), at_noon.scoped(several)
    content = office.get("por-cobrar/exportar/", formato="xlsx").content
    head, *rows = rows_of_xlsx(content)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["Cargo"], row["Por pagar"], row["Días vencido"]) for row in found] == [
        (late.pk, 70.0, 40),
        (due.pk, 500.0, 0),
    ]
    assert found[0]["Vence"] == late.due_on
    text = office.get("por-cobrar/exportar/", formato="csv").content.decode()
    assert late.due_on.isoformat() in text


def test_a_long_list_is_walked_by_its_days(at_noon: World) -> None:
    def many() -> None:
        ana = customer("Ana Mucho")
        for n in range(60):
            charged(ana, f"c:{n}", 10, due_on=states.TODAY + timedelta(days=n // 3))

    at_noon.scoped(many)
    office = Office(at_noon)
    first = office.get("por-cobrar/")
    rest = office.get("por-cobrar/" + first.context["page"].older)
    seen = [row.due_on for row in [*first.context["rows"], *rest.context["rows"]]]
    assert len(seen) == 60
    assert seen == sorted(seen)
    assert len({row.id for row in [*first.context["rows"], *rest.context["rows"]]}) == 60


def test_one_charge_tells_what_touched_it(at_noon: World) -> None:
    office, (_ana, late, _due, _) = Office(at_noon), at_noon.scoped(several)
    at_noon.scoped(lambda: states.warn(late, states.TODAY - timedelta(days=3)))
    page = office.text(f"por-cobrar/{late.pk}/")
    for said in ("faltan $70.00 de $100.00", "Servicio c:late", "p:ana", "$30.00", "Último aviso", "Ana Late"):
        assert said in page, said
    assert "venció hace 40 días" in page
    assert office.get("por-cobrar/999999/").status_code == 404


def test_a_charge_is_given_up_or_voided_with_a_reason(at_noon: World) -> None:
    office, (_ana, late, due, _) = Office(at_noon), at_noon.scoped(several)
    assert send(office, f"por-cobrar/{late.pk}/incobrable/", motivo="").status_code == 422
    assert send(office, f"por-cobrar/{late.pk}/incobrable/", motivo="Se mudó").status_code == 302
    assert send(office, f"por-cobrar/{due.pk}/anular/", motivo="Duplicado").status_code == 302
    states_now = at_noon.scoped(lambda: dict(Receivable.objects.values_list("pk", "state")))
    assert (states_now[late.pk], states_now[due.pk]) == ("written_off", "void")
    page = office.text(f"por-cobrar/{late.pk}/")
    assert "Incobrable" in page
    assert "Se mudó" in page
    again = send(office, f"por-cobrar/{due.pk}/anular/", motivo="Otra vez")
    assert again.status_code == 422
    assert "ya se anuló" in again.content.decode()
    acts = at_noon.scoped(lambda: set(Entry.objects.values_list("act", flat=True)))
    assert {"receivable.written_off", "receivable.voided"} <= acts


def test_the_customers_page_has_his_wheel(at_noon: World) -> None:
    office = Office(at_noon)
    cut = at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    page = office.text(f"clientes/{cut.pk}/")
    for said in ("No se le atiende: está suspendido", "Falta de pago desde el 17 mar 2026", "$599.00", "Último aviso"):
        assert said in page, said
    assert "Cortó por falta de pago: $599.00 vencidos" in page
    plain = at_noon.scoped(lambda: customer("Solo Factura"))
    page = office.text(f"clientes/{plain.pk}/")
    assert "se le atiende" not in page
    assert "Agregar su servicio" in page


def test_inicio_tells_who_owes_to_who_may_know_it(at_noon: World) -> None:
    office = Office(at_noon)
    assert "Quién debe más" not in office.text()
    at_noon.scoped(several)
    page = office.text()
    for said in ("Por cobrar, por antigüedad", "$570.00", "Ana Late", "Entró hoy", "$100.00"):
        assert said in page, said
