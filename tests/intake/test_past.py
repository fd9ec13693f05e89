"""A ZIP of CFDI from upload to customers, products and balances, and back."""

from decimal import Decimal
from typing import Any

from amate.companies.models import Product
from amate.customers.models import Customer
from amate.intake.models import PastCfdi, PastGap, PastOffer
from amate.ledger.models import Receivable
from amate.ledger.queries import balance_of
from tests.intake.files import commit, undo, upload
from tests.intake.old_cfdi import XOCHILT, invoice, line, metadata, rep, uuid_of, zip_of
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
