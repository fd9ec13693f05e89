"""The people of a customer."""

from typing import Any

import pytest
from django.db import IntegrityError

from amate.audit.models import Entry
from amate.customers.contacts import Said, change_contact, remove_contact
from amate.customers.fingerprint import Changed, of_contact
from amate.customers.models import Contact
from amate.customers.remaining import Merged
from tests.customers.hands import INGRID, JUAN, calls, contacts, written_down
from tests.customers.test_merge import bought, join
from tests.world import World

LUZ = Said("Luz", "luz@example.com", "", receives_invoices=True, handles_payments=False)


def test_it_is_added_changed_and_removed_and_told(world: World) -> None:
    ingrid = written_down(world, INGRID)
    luz = calls(world, ingrid, nombre="Luz", telefono="(33) 1234 5678")
    assert luz.digits == "3312345678"

    def change(seen: str) -> Any:
        return lambda: change_contact(contact_id=luz.pk, said=LUZ, seen=seen, now=world.now())

    with pytest.raises(Changed):
        world.scoped(change("otra"))
    world.scoped(change(of_contact(luz)))
    assert contacts(world, ingrid) == [("Luz", "luz@example.com", True)]
    world.scoped(lambda: remove_contact(contact_id=luz.pk, now=world.now()))
    assert contacts(world, ingrid) == []
    rows = world.scoped(lambda: list(Entry.objects.filter(about=f"customer:{ingrid.pk}").order_by("id")))
    assert [(one.act, one.detail.get("who")) for one in rows[1:]] == [
        ("customer.contact_added", "Luz"),
        ("customer.contact_changed", "Luz"),
        ("customer.contact_removed", "Luz"),
    ]


def test_the_database_keeps_no_empty_contact_and_no_receiver_without_a_mail(world: World) -> None:
    ingrid = written_down(world, INGRID)
    with pytest.raises(IntegrityError, match="contact_says_something"):
        calls(world, ingrid)
    with pytest.raises(IntegrityError, match="contact_can_receive"):
        calls(world, ingrid, nombre="Luz", receives_invoices=True)


def test_one_of_a_merged_customer_is_still_corrected_but_none_is_added(world: World) -> None:
    ingrid, juan = written_down(world, INGRID), bought(world, JUAN)
    luz = calls(world, juan, nombre="Luz")
    join(world, ingrid, juan)
    world.scoped(lambda: change_contact(contact_id=luz.pk, said=LUZ, seen=of_contact(luz), now=world.now()))
    assert world.scoped(lambda: Contact.objects.get().customer_id) == ingrid.pk
    with pytest.raises(Merged):
        calls(world, juan, nombre="Otra")
