"""A file of customers from upload to the list, and back."""

from amate.customers.change import verify_customer
from amate.customers.current import current_of
from amate.customers.fingerprint import of_customer
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.customers.review import review_proposal
from tests.intake.files import commit, csv_of, undo, upload
from tests.world import World

HEADS = ["RFC", "Razón social", "Código postal", "Régimen fiscal", "Correo", "Teléfono"]
KEMPER = ["EKU9003173C9", "ESCUELA KEMPER URGATE", "42501", "601", "pagos@kemper.example", "55 1234 5678"]
XOCHILT = ["CACX7605101P8", "XOCHILT CASAS CHAVEZ", "36257", "612", "", ""]
ROBOTICA = ["URE180429TM6", "UNIVERSIDAD ROBOTICA ESPAÑOLA", "1000", "601 - General de Ley Personas Morales", "", ""]


def rfcs(world: World) -> set[str]:
    return world.scoped(lambda: set(Customer.objects.values_list("rfc", flat=True)))


def current(world: World, rfc: str) -> FiscalProfile:
    return world.scoped(lambda: FiscalProfile.objects.current().get(rfc=rfc))


def test_customers_come_in_by_file_and_go_back_while_nobody_used_them(world: World) -> None:
    before = rfcs(world)
    bad = ["NOES", "NADIE", "1000", "601", "", ""]
    batch = upload(world, csv_of([HEADS, KEMPER, XOCHILT, ROBOTICA, bad, KEMPER]), kind="customers")
    assert (batch.state, batch.counts["new"], batch.counts["bad"], batch.counts["padded"]) == ("read", 3, 2, 1)
    assert [(row, column) for row, column, _ in batch.errors] == [(5, "RFC"), (6, "RFC")]
    assert "ya apareció antes" in batch.errors[1][2]
    assert rfcs(world) == before
    batch = commit(world, batch, skip_bad=True)
    assert (batch.state, batch.fault) == ("committed", "")
    assert rfcs(world) - before == {"EKU9003173C9", "CACX7605101P8", "URE180429TM6"}
    kept = current(world, "URE180429TM6")
    assert (kept.domicilio_fiscal, kept.regimen_fiscal, kept.uso_cfdi) == ("01000", "601", "G03")
    assert world.scoped(lambda: Contact.objects.get(customer__rfc="EKU9003173C9").digits) == "5512345678"
    again = upload(world, csv_of([HEADS, KEMPER, XOCHILT]), kind="customers")
    assert (again.counts["new"], again.counts["changed"], again.counts["repeated"]) == (0, 0, 2)
    who = world.scoped(lambda: Customer.objects.get(rfc="EKU9003173C9").pk)
    world.scoped(lambda: verify_customer(customer_id=who, now=world.now()))
    batch = undo(world, batch)
    assert (batch.state, batch.counts["undone"], batch.counts["kept"]) == ("undone", 3, 0)
    assert rfcs(world) - before == {"EKU9003173C9"}, "staff answer for him: only what nobody said of him goes"
    assert not world.scoped(lambda: Contact.objects.filter(customer=who).exists())


def test_what_a_file_says_otherwise_of_a_known_customer_waits_for_a_person(world: World) -> None:
    commit(world, upload(world, csv_of([HEADS, KEMPER, XOCHILT]), kind="customers", source="viejo"))
    moved = [*KEMPER[:2], "06700", "601", "otro@kemper.example", "5599998888"]
    batch = upload(world, csv_of([HEADS, moved, XOCHILT]), kind="customers", source="nuevo")
    assert (batch.counts["new"], batch.counts["changed"], batch.counts["repeated"]) == (0, 1, 1)
    commit(world, batch)
    assert current(world, "EKU9003173C9").domicilio_fiscal == "42501"
    waiting = world.scoped(lambda: FiscalProfile.objects.to_review().get())
    assert (waiting.rfc, waiting.domicilio_fiscal, waiting.origin) == ("EKU9003173C9", "06700", f"import:{batch.pk}")
    said = world.scoped(lambda: set(Contact.objects.values_list("correo", "telefono")))
    assert said == {("", "55 1234 5678"), ("otro@kemper.example", ""), ("", "5599998888")}
    # The same again is not proposed again, neither while it waits nor after somebody said no.
    assert upload(world, csv_of([HEADS, moved]), kind="customers", source="nuevo").counts["repeated"] == 1

    def decide(*, take: bool) -> None:
        one = FiscalProfile.objects.to_review().get()
        customer = one.customer
        assert customer is not None
        review_proposal(profile_id=one.pk, take=take, seen=of_customer(customer, current_of(customer)), now=world.now())

    world.scoped(lambda: decide(take=False))
    assert upload(world, csv_of([HEADS, moved]), kind="customers", source="nuevo").counts["repeated"] == 1
    further = [*KEMPER[:2], "64000", *KEMPER[3:]]
    last = commit(world, upload(world, csv_of([HEADS, further]), kind="customers", source="nuevo"))
    last = undo(world, last)
    assert (last.counts["undone"], last.counts["kept"]) == (1, 0)
    assert not world.scoped(lambda: FiscalProfile.objects.to_review().exists())
