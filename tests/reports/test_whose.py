"""Who is meant by whatever a customer says at the telephone."""

from amate.billing_cycle.reconciliation.models import PaymentReference
from amate.customers.contacts import Said, add_contact
from amate.customers.merge import merge_customers, plan_merge
from amate.customers.models import Customer
from amate.ledger.references import customer_reference
from amate.reports.whose import customers_meant, ids_of_external_ids, ids_of_references
from tests.billing_cycle.collection.states import line_of
from tests.ledger.hands import DAY, at, customer
from tests.web.office import desk
from tests.world import World


def meant(text: str) -> list[int]:
    return customers_meant(text=text, limit=20)


def test_a_customer_is_found_by_whatever_he_says(world: World) -> None:
    invoice = desk.stamped(world)

    def story() -> None:
        rosa, jose = customer("Rosa Pérez"), customer("José Peña")
        add_contact(customer_id=jose.pk, said=Said("Luz", "luz@example.com", "33 1234 5678", False, True), now=at(DAY))
        line = line_of(rosa, "ppp-0148")
        PaymentReference.objects.create(kind="clabe", value="646180012300000425", customer=jose, created_at=at(DAY))
        assert meant("rosa per") == [rosa.pk]
        assert meant("PENA josé") == [jose.pk]
        assert meant("(33) 1234-5678") == [jose.pk]
        assert meant("luz@example.com") == [jose.pk]
        assert meant("6461 8001 2300 0004 25") == [jose.pk]
        assert ids_of_references(["646180012300000425", "1"]) == {"646180012300000425": [jose.pk]}
        assert meant(customer_reference(rosa.number)) == [rosa.pk]
        assert meant(line.external_id) == ids_of_external_ids([line.external_id])[line.external_id] == [rosa.pk]
        receiver = invoice.profile.customer_id
        assert receiver in meant(str(invoice.uuid))
        assert meant(invoice.number)[0] == receiver
        assert receiver in meant(invoice.rfc)
        assert meant("") == meant("   ") == meant("nadie que exista") == []

    world.scoped(story)


def test_of_who_was_merged_who_remains_is_meant(world: World) -> None:
    def story() -> None:
        kept, merged = customer("Rosa Pérez"), customer("Rosa P.")
        reference = customer_reference(merged.number)
        seen = plan_merge(kept=kept, merged=merged, sat_changed_rfc=False).seen
        merge_customers(kept_id=kept.pk, merged_id=merged.pk, sat_changed_rfc=False, seen=seen, now=at(DAY))
        assert meant(reference) == [kept.pk]

    world.scoped(story)


def test_nobody_of_another_company_is_found(world: World) -> None:
    def theirs() -> str:
        who = customer("Rosa Pérez")
        PaymentReference.objects.create(kind="clabe", value="646180012300000425", customer=who, created_at=at(DAY))
        return line_of(who).external_id

    external_id = world.scoped(theirs, world.other)

    def story() -> None:
        assert meant("Rosa") == meant("646180012300000425") == meant(external_id) == []
        assert not Customer.objects.exists()

    world.scoped(story)
