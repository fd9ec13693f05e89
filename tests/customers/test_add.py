"""A customer written down by hand."""

from amate.customers.models import Customer
from tests.customers.hands import INGRID, written_down
from tests.world import World


def test_a_button_pressed_twice_adds_one_customer(world: World) -> None:
    first = written_down(world, nombre="La del 5", correo="cinco@example.com")
    assert written_down(world, nombre="La del 5", correo="cinco@example.com").pk == first.pk
    assert world.scoped(Customer.objects.count) == 1


def test_two_people_may_have_one_name(world: World) -> None:
    first = written_down(world, nombre="La del 5")
    assert written_down(world, nombre="La del 5", correo="otra@example.com").pk != first.pk
    world.time_passes(minutes=1)
    assert written_down(world, nombre="La del 5", correo="otra@example.com").pk != first.pk
    assert world.scoped(Customer.objects.count) == 3


def test_who_bears_the_name_of_a_taxpayer_is_not_that_taxpayer(world: World) -> None:
    ingrid = written_down(world, INGRID)
    assert written_down(world, nombre=INGRID.nombre).pk != ingrid.pk


def test_the_same_button_in_another_company_is_another_customer(world: World) -> None:
    ours, theirs = written_down(world, nombre="La del 5"), written_down(world, nombre="La del 5", shop=world.other)
    assert ours.pk != theirs.pk
