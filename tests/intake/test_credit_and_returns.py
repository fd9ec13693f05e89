"""Sales on credit come in as PPD with 99; what was given back is no sale."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from amate.companies.article import Article
from amate.fiscal.catalogs import installed
from amate.intake.columns import FIELDS, places_of, propose
from amate.intake.found import Bad, Good
from amate.intake.options import Options
from amate.intake.rows import Row
from amate.intake.sale_lines import SaleReader
from amate.intake.sale_rows import read_sales
from amate.self_invoicing.models import Ticket
from tests.intake.files import SOLD, commit, csv_of, read
from tests.world import World

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


class Shop:
    code, nombre, cp = "centro", "Centro", "44100"
    closed_at = None


def found(heads: list[str], *rows: list[str], options: Options = SOLD) -> list[Any]:
    def no_article(key: str) -> Article | None:
        return None

    places = places_of(propose("sales", heads), heads)
    reader = SaleReader("caja", places, options, [Shop()], no_article, installed(), NOW)
    return list(read_sales(reader, [Row(number, cells) for number, cells in enumerate(rows, 2)]))


def pago(*cells: str, heads: tuple[str, ...] = ("Forma de pago", "Método de pago"), options: Options = SOLD) -> Any:
    """(metodo_pago, forma_pago) of one sale whose cells these are, or its errors as (column, sentence)."""
    (one,) = found(["Folio", "Fecha", "Total", *heads], ["F-1", "21/11/2026", "116.00", *cells], options=options)
    if isinstance(one, Bad):
        return [(wrong.column, wrong.sentence) for wrong in one.errors]
    return one.thing.sale.metodo_pago, one.thing.sale.forma_pago


@pytest.mark.parametrize(
    ("forma", "metodo"),
    [
        ("", "PPD"),
        ("99", "PPD"),
        ("Por definir", "PPD - Pago en parcialidades o diferido"),
        ("", "Crédito"),
        ("Crédito", ""),
        ("a crédito", ""),
        ("99 - Por definir", ""),
        ("99", "crédito"),
    ],
)
def test_a_sale_on_credit_is_ppd_with_99(forma: str, metodo: str) -> None:
    assert pago(forma, metodo) == ("PPD", "99")


@pytest.mark.parametrize(
    ("forma", "metodo", "wanted"),
    [
        ("Efectivo", "PUE", "01"),
        ("Tarjeta de crédito", "", "04"),
        ("04", "Contado", "04"),
        ("", "PUE", "01"),
        ("T. Crédito", "Pago en una sola exhibición", "04"),
    ],
)
def test_a_sale_that_is_paid_says_how(forma: str, metodo: str, wanted: str) -> None:
    assert pago(forma, metodo) == ("PUE", wanted)


def test_a_column_of_yes_and_no_says_it_too() -> None:
    heads = ("Forma de pago", "A crédito")
    assert pago("", "Sí", heads=heads) == ("PPD", "99")
    assert pago("Efectivo", "No", heads=heads) == ("PUE", "01")


def test_a_single_column_called_metodo_de_pago_may_say_either() -> None:
    assert pago("Crédito", heads=("Método de pago",)) == ("PPD", "99")
    assert pago("Efectivo", heads=("Método de pago",)) == ("PUE", "01")


def test_a_source_whose_sales_are_all_on_credit_says_so_once() -> None:
    from dataclasses import replace

    assert pago("", "", options=replace(SOLD, forma_pago="99")) == ("PPD", "99")


@pytest.mark.parametrize(
    ("forma", "metodo", "column", "sentence"),
    [
        ("Efectivo", "PPD", "Forma de pago", "Es a crédito (PPD) y dice “Efectivo”"),
        ("Crédito", "PUE", "Forma de pago", "Dice que ya está pagada (PUE) y también “Crédito”"),
        ("Efectivo", "quién sabe", "Método de pago (contado o crédito)", "escribe PUE (ya pagada) o PPD (a crédito)"),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_column(forma: str, metodo: str, column: str, sentence: str) -> None:
    (wrong,) = pago(forma, metodo)
    assert wrong[0] == column
    assert sentence in wrong[1]


def test_a_sale_whose_lines_disagree_is_refused() -> None:
    heads = ["Folio", "Fecha", "Precio", "Forma de pago", "Método de pago"]
    (one,) = found(heads, ["F-1", "21/11/2026", "116", "", "PPD"], ["F-1", "21/11/2026", "116", "", "PUE"])
    assert "cambia entre los renglones" in one.errors[0].sentence


def test_credit_sales_become_tickets_on_credit_and_are_counted(world: World) -> None:
    day = world.now().strftime("%d/%m/%Y")
    heads = ["Folio", "Fecha", "Total", "Forma de pago", "Método de pago"]
    rows = [heads, ["F-1", day, "116.00", "Efectivo", "PUE"], ["F-2", day, "232.00", "", "PPD"]]
    batch = read(world, csv_of(rows))
    assert (batch.counts["new"], batch.counts["credit"]) == (2, 1)
    commit(world, batch)
    made = world.scoped(lambda: list(Ticket.objects.order_by("id").values_list("metodo_pago", "forma_pago", "total")))
    assert made == [("PUE", "01", Decimal("116.00")), ("PPD", "99", Decimal("232.00"))]


# ------------------------------------------------------------ what was given back


@pytest.mark.parametrize("field", ["Total", "Cantidad", "Precio", "Importe"])
def test_a_negative_amount_is_told_as_what_was_given_back(field: str) -> None:
    heads = ["Folio", "Fecha", "Producto", field]
    (one,) = found(heads, ["F-1", "21/11/2026", "", "-116.00"])
    told = [wrong for wrong in one.errors if "es negativo, como en una devolución" in wrong.sentence]
    assert len(told) == 1
    assert "cancélala" in told[0].sentence
    assert told[0].column in {label.label for label in FIELDS["sales"]}


def test_one_line_given_back_keeps_its_whole_sale_out() -> None:
    heads = ["Folio", "Fecha", "Cantidad", "Precio"]
    sold = ["21/11/2026", "1", "116"]
    first, second = found(heads, ["F-1", *sold], ["F-1", "21/11/2026", "-1", "116"], ["F-2", *sold])
    assert isinstance(first, Bad)
    assert [wrong.row for wrong in first.errors] == [3]
    assert isinstance(second, Good)


def test_a_negative_in_parentheses_is_one_too() -> None:
    (one,) = found(["Folio", "Fecha", "Total"], ["F-1", "21/11/2026", "($116.00)"])
    assert "“($116.00)” es negativo" in one.errors[0].sentence


def test_a_discount_is_written_without_its_sign() -> None:
    (one,) = found(["Folio", "Fecha", "Precio", "Descuento"], ["F-1", "21/11/2026", "116", "-16"])
    assert [wrong.sentence for wrong in one.errors] == ["Escribe el descuento sin el signo menos: ya se resta"]
