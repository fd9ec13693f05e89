"""A ZIP of CFDI from upload to customers, products and balances, and back."""

from decimal import Decimal
from typing import Any

from amate.companies.models import Product
from amate.customers.models import Customer
from amate.intake.forget import forget_old_files
from amate.intake.models import Batch, PastCfdi, PastGap, PastOffer
from amate.ledger.models import Receivable
from amate.ledger.queries import balance_of
from amate.promises.models import Promise
from tests.intake.files import commit, undo, upload
from tests.intake.old_cfdi import XOCHILT, invoice, line, metadata, rep, uuid_of, zip_of
from tests.intake.test_balances import pay
from tests.world import World


def bring(world: World, content: bytes, *, name: str = "2025.zip") -> Any:
    return upload(world, content, kind="cfdi", source="sistema-anterior", name=name)


def balance(world: World, rfc: str) -> Decimal:
    return world.scoped(lambda: balance_of(Customer.objects.get(rfc=rfc).pk, as_of=world.today()))


def gaps(world: World, batch: Any) -> list[tuple[str, str, str]]:
    def look() -> list[tuple[str, str, str]]:
        rows = PastGap.objects.filter(batch=batch.pk).order_by("id")
        return list(rows.values_list("kind", "about", "sentence"))

    return world.scoped(look)


def debts(world: World) -> list[Any]:
    return world.scoped(lambda: list(Receivable.objects.filter(kind="opening").order_by("issued_on", "id")))


YEAR = {
    "A-1.xml": invoice("A-1", day="2026-01-05", descripcion="Internet 20 Mbps enero 2026"),
    "A-2.xml": invoice("A-2", day="2026-02-05", descripcion="Internet 20 Mbps febrero 2026"),
    "A-3.xml": invoice("A-3", day="2026-03-05", descripcion="Internet 20 Mbps marzo 2026"),
    "A-4.xml": invoice("A-4", day="2026-03-06", of=XOCHILT, metodo="PUE", key="INST", descripcion="Instalación"),
    "A-5.xml": invoice("A-5", day="2026-03-07", price="300.00"),
    "pagos/P-1.xml": rep("P-1", [("A-1", 1, "1160.00", "1160.00"), ("A-2", 1, "1160.00", "400.00")], day="2026-03-01"),
    "pagos/P-2.xml": rep("P-2", [("A-2", 2, "760.00", "60.00")], day="2026-03-10"),
    "E-1.xml": invoice("E-1", tipo="E", day="2026-03-11", price="100.00", metodo="PUE", relates={"01": ["A-3"]}),
    "metadata.txt": metadata(
        *(line(f"A-{n}") for n in range(1, 5)), line("A-5", cancelled=True), line("P-1", tipo="P"), line("P-2", tipo="P"),
        line("E-1", tipo="E"),
    ),
}  # fmt: skip


def test_a_year_of_xml_becomes_customers_products_and_what_is_owed(world: World) -> None:
    batch = bring(world, zip_of(YEAR))
    assert (batch.state, batch.fault, batch.errors) == ("read", "", [])
    said = batch.counts["cfdi"]
    assert (said["invoices"], said["notes"], said["reps"], said["cancelled"]) == (5, 1, 2, 1)
    assert (said["customers"], said["products"], said["balances"], said["offers"]) == (2, 2, 2, 1)
    assert (said["all_gaps"], gaps(world, batch)) == (0, [])
    assert batch.counts["total"] == "1744.00"
    assert (debts(world), world.scoped(lambda: Customer.objects.count())) == ([], 0)
    assert world.scoped(lambda: PastCfdi.objects.filter(kept_at__isnull=False).count()) == 0
    batch = commit(world, batch)
    assert (batch.state, batch.fault) == ("committed", "")
    second, third = debts(world)
    assert (second.total, second.iva, second.fiscal_mode, str(second.issued_on)) == (
        Decimal("700.00"), Decimal("96.55"), "ppd", "2026-02-05",
    )  # fmt: skip
    assert third.total == Decimal("1044.00")
    assert balance(world, "EKU9003173C9") == Decimal("1744.00")
    assert balance(world, "CACX7605101P8") == 0
    assert world.scoped(lambda: list(Product.objects.order_by("key").values_list("key", "descripcion"))[1:]) == [
        ("INST", "Instalación")
    ]
    offer = world.scoped(lambda: PastOffer.objects.get())
    assert (offer.rfc, offer.concept, offer.every, offer.times, str(offer.next_on)) == (
        "EKU9003173C9", "Internet 20 Mbps", "mes", 3, "2026-04-05",
    )  # fmt: skip
    again = bring(world, zip_of(YEAR))
    assert (again.counts["new"], again.counts["repeated"], again.counts["bad"]) == (0, 8, 0)
    batch = undo(world, batch)
    assert (batch.state, batch.counts["undone"]) == ("undone", 5)
    assert [one.state for one in debts(world)] == ["void", "void"]
    assert world.scoped(lambda: PastCfdi.objects.filter(batch=batch.pk).count()) == 0
    once_more = commit(world, bring(world, zip_of(YEAR)))
    assert once_more.state == "committed"
    assert balance(world, "EKU9003173C9") == Decimal("1744.00")


def test_it_finds_the_rep_that_was_taken_out(world: World) -> None:
    files = {name: content for name, content in YEAR.items() if name != "pagos/P-1.xml"}
    batch = bring(world, zip_of(files))
    found = gaps(world, batch)
    assert ("chain", "A-2", "Falta el complemento de la parcialidad 1") in found
    assert (
        "no_xml",
        uuid_of("P-1"),
        "Falta el XML: complemento de pago a EKU9003173C9 del 05/03/2026 por 1,160.00",
    ) in found
    assert len(found) == 2
    # What the last one says is left, not all that no file has paid.
    batch = commit(world, batch)
    assert [one.total for one in debts(world)] == [Decimal("1160.00"), Decimal("700.00"), Decimal("1044.00")]


def test_whoever_makes_the_next_rep_is_told_its_numbers(world: World) -> None:
    """A-2 was paid twice before it came: its next instalment is the third."""
    commit(world, bring(world, zip_of(YEAR)))
    [second, _] = debts(world)
    pay(world, second.customer_id)
    world.settle()
    owed = world.scoped(lambda: Promise.objects.filter(kind="document_payments"))
    told = world.scoped(lambda: [str(one) for one in owed.values_list("last_error", flat=True)])
    said = f"Es la parcialidad 3 de {uuid_of('A-2')}: antes se debían 700.00, se pagan 200.00 y quedan 500.00."
    assert any(said in one for one in told), told


def test_a_substitute_a_note_of_several_and_dollars_are_reckoned(world: World) -> None:
    files = {
        "1.xml": invoice("A-1", price="100.00"),
        "2.xml": invoice("A-2", price="120.00", relates={"04": ["A-1"]}),
        "3.xml": invoice("A-3", price="300.00"),
        "4.xml": invoice("E-1", tipo="E", price="42.00", metodo="PUE", relates={"01": ["A-2", "A-3"]}),
        "5.xml": invoice("A-4", price="10.00", moneda="USD"),
        "6.xml": invoice("A-5", price="50.00", of=("XAXX010101000", "PUBLICO EN GENERAL", "42501", "616")),
        "7.xml": rep("P-1", [("A-3", 1, "348.00", "8.00"), ("B-77", 1, "9.00", "9.00")]),
        "8.xml": rep("P-2", [("A-3", 1, "348.00", "8.00")], relates={"04": ["P-1"]}),
        "9.xml": invoice("A-9", price="5.00", metodo="PUE", relates={"07": ["X-1"]}),
    }
    batch = bring(world, zip_of(files))
    found = {(kind, about) for kind, about, _ in gaps(world, batch)}
    assert found == {
        ("replaced", "A-1"), ("replaced", "P-1"), ("shared", "A-2"), ("shared", "A-3"), ("generic", "A-5"),
        ("named", "A-9"), ("folio", "A"),
    }, gaps(world, batch)  # fmt: skip
    assert commit(world, batch).state == "committed"
    opened = [(one.moneda, one.total) for one in debts(world)]
    # Of the note of 48.72 A-2 has 139.20 / 487.20, and A-3 the rest.
    assert sorted(opened) == [("MXN", Decimal("125.28")), ("MXN", Decimal("305.20")), ("USD", Decimal("11.60"))]


def test_a_rep_that_comes_later_is_told_and_moves_nothing(world: World) -> None:
    commit(world, bring(world, zip_of({"a.xml": invoice("A-1")})))
    batch = bring(world, zip_of({"p.xml": rep("P-1", [("A-1", 1, "1160.00", "60.00"), ("Z-1", 1, "5.00", "5.00")])}))
    assert [(kind, about) for kind, about, _ in gaps(world, batch)] == [("paid", "P-1"), ("later", "P-1")]
    assert commit(world, batch).state == "committed"
    assert balance(world, "EKU9003173C9") == Decimal("1160.00")


def test_what_was_paid_stays_after_an_undo_with_its_documents(world: World) -> None:
    batch = commit(world, bring(world, zip_of(YEAR)))
    pay(world, debts(world)[0].customer_id)
    batch = undo(world, batch)
    assert (batch.state, [one.state for one in debts(world)]) == ("undone", ["open", "void"])
    assert world.scoped(lambda: PastCfdi.objects.filter(batch=batch.pk).count()) == 8
    # Its documents are there: the same file again opens nothing twice.
    again = bring(world, zip_of(YEAR))
    assert (again.counts["new"], again.counts["repeated"]) == (0, 8)


def test_what_another_batch_kept_meanwhile_is_left_out(world: World) -> None:
    first, second = bring(world, zip_of(YEAR)), bring(world, zip_of(YEAR))
    assert commit(world, first).counts["new"] == 8
    second = commit(world, second)
    assert (second.state, second.counts["new"], second.counts["repeated"]) == ("committed", 0, 8)
    assert balance(world, "EKU9003173C9") == Decimal("1744.00")


def test_what_nobody_registers_is_forgotten(world: World) -> None:
    batch = bring(world, zip_of(YEAR))
    world.time_passes(days=8)
    world.scoped(lambda: forget_old_files(now=world.now()))
    assert world.scoped(lambda: (Batch.objects.get(pk=batch.pk).state, PastCfdi.objects.count())) == ("expired", 0)


def test_a_receiver_whose_data_cannot_be_is_told_and_left_out(world: World) -> None:
    nobody = ("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", "999")
    batch = bring(world, zip_of({"a.xml": invoice("A-1", of=nobody), "b.xml": invoice("A-2")}))
    assert (batch.state, batch.counts["bad"], batch.errors[0][1]) == ("read", 1, "XOJI740919U48")
    assert [(kind, about) for kind, about, _ in gaps(world, batch)] == [("generic", "A-1")]
    assert batch.counts["total"] == "1160.00"
    batch = commit(world, batch, skip_bad=True)
    assert (batch.state, [one.total for one in debts(world)]) == ("committed", [Decimal("1160.00")]), batch.fault


def test_a_customer_who_cannot_be_made_after_all_stops_everything(world: World) -> None:
    """Between the dry run and the commit the SAT's catalogues may change: then a person looks again."""
    batch = bring(world, zip_of({"a.xml": invoice("A-1"), "b.xml": invoice("A-2", of=XOCHILT)}))

    def spoil() -> None:
        PastCfdi.objects.filter(rfc=XOCHILT[0]).update(regimen="999")

    world.scoped(spoil)
    batch = commit(world, batch)
    assert (batch.state, batch.counts["bad"], "No se registró nada" in batch.fault) == ("read", 1, True)
    assert (debts(world), world.scoped(lambda: Customer.objects.count())) == ([], 0)
    assert commit(world, batch, skip_bad=True).state == "committed"
    assert [one.total for one in debts(world)] == [Decimal("1160.00")]
