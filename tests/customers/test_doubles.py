"""Who may be the same customer twice."""

from amate.customers.doubles import doubles_of
from amate.customers.models import Customer
from amate.fiscal.receptor import Receptor
from tests.customers.hands import INGRID, JUAN, SURCO, calls, written_down
from tests.customers.test_merge import bought
from tests.world import World


def why(world: World, customer: Customer) -> dict[str, tuple[str, ...]]:
    found = world.scoped(lambda: doubles_of(Customer.objects.get(pk=customer.pk), limit=10))
    return {one.customer.nombre: one.why for one in found}


def test_the_same_mail_the_same_telephone_and_a_near_name(world: World) -> None:
    ingrid = written_down(world, INGRID, correo="ingrid@example.com")
    calls(world, ingrid, telefono="33 1234 5678")
    mail = written_down(world, nombre="Doña I", correo="Ingrid@example.com")
    phone = written_down(world, nombre="La del 5")
    calls(world, phone, telefono="+52 33 12345678")
    name = written_down(world, nombre="Xodar Jiménez, Ingrid", correo="ingrid@example.com")
    written_down(world, nombre="Ingrid Pérez")
    assert why(world, ingrid) == {
        name.nombre: ("El mismo correo", "Nombre parecido"),
        mail.nombre: ("El mismo correo",),
        phone.nombre: ("El mismo teléfono",),
    }


def test_two_taxpayers_are_never_doubles(world: World) -> None:
    ingrid = written_down(world, INGRID, correo="contador@example.com")
    written_down(world, SURCO, correo="contador@example.com")
    written_down(world, Receptor("XOJI740919AA1", INGRID.nombre, "76028", "612", "G03"))
    assert why(world, ingrid) == {}


def test_a_name_with_another_letter_under_the_generic_rfc(world: World) -> None:
    juan = bought(world, JUAN)
    bought(world, Receptor(JUAN.rfc, "JUAN PERES LOPEZ", "44160", "616", "S01"))
    bought(world, Receptor(JUAN.rfc, "ANA PEREZ LOPEZ", "44160", "616", "S01"))
    assert why(world, juan) == {"JUAN PERES LOPEZ": ("Nombre parecido",)}
