"""¿Se le atiende?: the answer first, the acts that go with it, and who may do them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.service.models import Service
from amate.customers.models import Customer
from amate.ledger.references import customer_reference
from tests.billing_cycle.collection import states
from tests.ledger.hands import customer, pays
from tests.web.office.desk import Office
from tests.world import World


@pytest.fixture
def at_noon(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The web's day is the day of the states."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: states.MORNING)
    return world


def asks(office: Office, text: str) -> str:
    return office.text("atender/", q=text)


def send(office: Office, customer_id: int, what: str, **said: Any) -> Any:
    path = f"{office.world.shop.office}atender/{customer_id}/{what}/"
    return office.world.inside(lambda: office.client.post(path, said))


def becomes(world: World, role: Role) -> None:
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))


def test_the_answer_comes_first_and_says_why(at_noon: World) -> None:
    office = Office(at_noon)

    def make() -> tuple[Customer, Customer]:
        cut, good = states.one_in(Standing.SUSPENDED), states.one_in(Standing.CURRENT)
        return cut, good

    cut, good = at_noon.scoped(make)
    page = asks(office, cut.nombre)
    assert '<h1 class="wrap">No se le atiende: está suspendido</h1>' in page
    assert "debe $599.00" in page
    assert "Debe $599.00 vencidos desde el 11 mar 2026, y por eso está suspendido." in page
    assert "Último aviso" in page
    assert "Falta de pago desde el 17 mar 2026" in page
    assert "24 horas de cortesía" in page
    assert f"clientes/{cut.pk}/estado/enviar/" in page
    page = asks(office, customer_reference(good.number))
    assert "Sí, se le atiende" in page
    assert "último pago $599.00 el 11 mar 2026" in page
    assert "24 horas de cortesía" not in page
    several = asks(office, "Cliente")
    assert cut.nombre in several
    assert good.nombre in several
    assert "Suspendido" in several
    assert "No encontramos a nadie con «zzz»" in asks(office, "zzz")


def test_an_answer_takes_few_statements(at_noon: World) -> None:
    office, who = Office(at_noon), at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    asks(office, who.nombre)

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            office.client.get(f"{at_noon.shop.office}atender/", {"q": who.nombre})
        return len(asked)

    assert at_noon.inside(count) <= 40


def test_a_promise_gives_the_service_back_and_is_taken_down(at_noon: World) -> None:
    office, who = Office(at_noon), at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    until = states.TODAY + timedelta(days=3)
    assert send(office, who.pk, "promesa", monto="$599.00", hasta=until.isoformat()).status_code == 302
    assert "Prometió pagar $599.00" in office.text(f"atender/{who.pk}/")

    def look() -> tuple[PromiseToPay, str, str]:
        return (
            PromiseToPay.objects.get(),
            Service.objects.get().desired,
            Entry.objects.filter(act="promise.made").get().actor,
        )

    promise, desired, actor = at_noon.scoped(look)
    assert (promise.amount, promise.until, promise.made_by) == (Decimal(599), until, actor)
    assert desired == "active"
    again = send(office, who.pk, "promesa", monto="1", hasta=until.isoformat())
    assert again.status_code == 422
    assert "Ya hay una promesa vigente" in again.content.decode()
    assert send(office, who.pk, "promesa/retirar").status_code == 302
    assert at_noon.scoped(lambda: PromiseToPay.objects.get().state) == "withdrawn"


def test_only_who_may_exempt_takes_a_promise_beyond_the_policy(at_noon: World) -> None:
    office, who = Office(at_noon), at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    far = (states.TODAY + timedelta(days=60)).isoformat()
    becomes(at_noon, Role.SUPPORT)
    refused = send(office, who.pk, "promesa", monto="599", hasta=far)
    assert (refused.status_code, "elige un día antes" in refused.content.decode()) == (422, True)
    huge = send(office, who.pk, "promesa", monto="9" * 12, hasta=states.TODAY.isoformat())
    assert huge.status_code == 422
    becomes(at_noon, Role.OWNER)
    assert send(office, who.pk, "promesa", monto="599", hasta=far).status_code == 302


def test_what_was_typed_wrong_is_said_at_its_field(at_noon: World) -> None:
    office, who = Office(at_noon), at_noon.scoped(lambda: states.one_in(Standing.SUSPENDABLE))
    page = send(office, who.pk, "promesa", monto="mucho", hasta="")
    assert page.status_code == 422
    assert "Elige el día" in page.content.decode()
    assert "mucho" in page.content.decode()
    past = send(office, who.pk, "promesa", monto="10", hasta=(states.TODAY - timedelta(days=1)).isoformat())
    assert "Elige hoy o un día que venga" in past.content.decode()
    page = send(office, who.pk, "exencion", exento_hasta=states.TODAY.isoformat(), motivo="")
    assert "Escribe por qué" in page.content.decode()


def test_support_gives_a_courtesy_once_and_it_is_told(at_noon: World) -> None:
    office, who = Office(at_noon), at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    becomes(at_noon, Role.SUPPORT)
    assert send(office, who.pk, "cortesia", nota="Paga hoy").status_code == 302
    page = office.text(f"atender/{who.pk}/")
    assert "Sí, se le atiende" in page
    assert "Cortesía de 24 horas: Paga hoy" in page
    said = at_noon.scoped(lambda: Entry.objects.filter(act="customer.exempted").get())
    assert (said.about, said.actor) == (f"customer:{who.pk}", at_noon.shop.owner.email)
    assert send(office, who.pk, "exencion/quitar").status_code == 403
    becomes(at_noon, Role.OWNER)
    assert send(office, who.pk, "exencion/quitar").status_code == 302
    becomes(at_noon, Role.SUPPORT)
    again = send(office, who.pk, "cortesia", nota="")
    assert again.status_code == 422
    assert "Ya tuvo una cortesía" in again.content.decode()


def test_whoever_was_paid_up_meanwhile_is_told_so(at_noon: World) -> None:
    office, who = Office(at_noon), at_noon.scoped(lambda: states.one_in(Standing.SUSPENDABLE))
    at_noon.scoped(lambda: pays(who, "p:late", "599.00", day=states.TODAY))
    page = send(office, who.pk, "cortesia", nota="")
    assert page.status_code == 422
    assert "No hace falta" in page.content.decode()


def test_a_customer_that_was_never_charged_is_served(world: World) -> None:
    who = world.scoped(lambda: customer("Nadie Le Cobra"))
    page = Office(world).text(f"atender/{who.pk}/")
    assert "Sí, se le atiende" in page
    assert "No debe nada." in page
