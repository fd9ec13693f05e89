"""Files as Excel really makes them: letters, separators, heads in odd places."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from amate.companies.article import Article
from amate.fiscal.catalogs import installed
from amate.fiscal.money import Impuesto
from amate.intake.columns import propose
from amate.intake.formas import read_forma_pago
from amate.intake.formats import FileRefused, format_of
from amate.intake.found import Bad, Good
from amate.intake.look import look_at, places_in
from amate.intake.options import Options
from amate.intake.rows import Row, rows_of
from amate.intake.sale_lines import SaleReader
from amate.intake.sale_rows import read_sales
from amate.intake.unpack import unpack
from tests.intake.files import xlsx_of

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
LINES = ["Folio;Fecha;Total;Descripción", "F-1;21/11/2026;1.248,50;Café", 'F-2;21/11/2026;10,00;"Pan; dulce\nde ayer"']


def cells(content: bytes) -> list[list[str]]:
    try:
        content.decode("utf-8")
        is_utf8 = True
    except UnicodeDecodeError:
        is_utf8 = False
    form = format_of(content[:65_536], is_utf8=is_utf8)
    return [row.cells for row in rows_of(io.BytesIO(content), form)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_letters_and_separators_are_recognised(encoding: str, delimiter: str, end: str) -> None:
    lines = [line.replace(";", delimiter) if "dulce" not in line else line for line in LINES[:2]]
    if delimiter == ",":
        lines[1] = 'F-1,21/11/2026,"1.248,50",Café'
    read = cells((end.join(lines) + end).encode(encoding))
    assert read == [["Folio", "Fecha", "Total", "Descripción"], ["F-1", "21/11/2026", "1.248,50", "Café"]]


def test_quotes_hold_separators_and_line_ends() -> None:
    assert cells("\r\n".join(LINES).encode())[2][3] == "Pan; dulce\nde ayer"


def test_a_hint_for_excel_is_no_row() -> None:
    assert cells(b"sep=;\r\nFolio;Total\r\nF-1;1,5\r\n") == [["Folio", "Total"], ["F-1", "1,5"]]


def test_nul_and_empty_rows_are_left_out_and_rows_keep_their_number() -> None:
    content = b"Folio,Total\n\nF-1,\x001\n,,\nF-2,2\n"
    form = format_of(content, is_utf8=True)
    assert list(rows_of(io.BytesIO(content), form)) == [
        Row(1, ["Folio", "Total"]),
        Row(3, ["F-1", "1"]),
        Row(5, ["F-2", "2"]),
    ]


def test_quotes_that_never_close_say_where() -> None:
    content = b'Folio,Total\nF-1,"1\n' + b"F-2,2\n" * 200_000
    with pytest.raises(FileRefused, match="comillas que se abren y no se cierran"):
        cells(content)


def test_a_cell_longer_than_excels_is_told_with_its_row(tmp_path: Path) -> None:
    """Sixty million letters in one cell make a file of sixty thousand bytes."""
    book, hostile = tmp_path / "book.xlsx", tmp_path / "hostile.xlsx"
    book.write_bytes(xlsx_of([["Folio", "Total"], ["F-1", 1], [424242, 1]]))
    with ZipFile(book) as source, ZipFile(hostile, "w", ZIP_DEFLATED) as made:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                assert b"<v>424242</v>" in content
                long = b"<is><t>" + b"x" * 60_000_000 + b"</t></is>"
                content = content.replace(b"<v>424242</v>", long).replace(b'<c r="A3">', b'<c r="A3" t="inlineStr">')
            made.writestr(name, content)
    assert hostile.stat().st_size < 200_000
    with pytest.raises(FileRefused, match=r"El renglón 3 tiene una celda de 60,000,000 letras y .* caben 32,767"):
        unpack(hostile, tmp_path / "out.csv")


def test_the_heads_may_stand_anywhere_in_the_first_twenty_rows() -> None:
    for above in range(20):
        rows = [Row(n + 1, ["Reporte de ventas", ""]) for n in range(above)]
        rows += [Row(above + 1, ["Folio", "Fecha", "Total"]), Row(above + 2, ["F-1", "21/11/2026", "1.00"])]
        assert look_at("sales", rows, sheets=[], sheet="").head == above + 1


@pytest.mark.parametrize(
    ("heads", "wanted"),
    [
        (["Núm. Ticket", "FECHA", "Importe"], {"folio": "Núm. Ticket", "fecha": "FECHA", "total": "Importe"}),
        (
            ["Folio", "Fecha y hora", "SKU", "Cant.", "P. Unitario", "Importe", "Total", "Forma de Pago", "Tienda"],
            {
                "folio": "Folio", "fecha": "Fecha y hora", "producto": "SKU", "cantidad": "Cant.", "precio": "P. Unitario",
                "importe": "Importe", "total": "Total", "forma_pago": "Forma de Pago", "sucursal": "Tienda",
            },
        ),
        (["ID", "Folio de venta", "Fecha de venta", "Total con IVA"], {"external_id": "ID", "folio": "Folio de venta", "fecha": "Fecha de venta", "total": "Total con IVA"}),
    ],
)  # fmt: skip
def test_columns_are_proposed_by_their_heads(heads: list[str], wanted: dict[str, str]) -> None:
    assert propose("sales", heads) == wanted


def test_the_mark_of_decimals_and_the_order_of_dates_are_proposed() -> None:
    rows = [Row(1, ["Folio", "Fecha", "Total"]), Row(2, ["F-1", "11/21/2026", "1.248,50"])]
    look = look_at("sales", rows, sheets=[], sheet="")
    assert (look.comma, look.month_first) == (True, True)


@pytest.mark.parametrize(
    ("text", "key"),
    [("EFECTIVO", "01"), ("4", "04"), ("Tarjeta de crédito", "04"), ("TDD", "28"), ("03 - Transferencia", "03"), ("28.0", "28")],
)  # fmt: skip
def test_ways_of_paying_are_read_in_peoples_words(text: str, key: str) -> None:
    assert read_forma_pago(text) == key


# ------------------------------------------------------------ rows to sales


class Matriz:
    code, nombre, cp, closed_at = "matriz", "Sucursal Centro", "06700", None


class Norte:
    code, nombre, cp, closed_at = "norte", "Plaza Norte", "32000", None


class Closed:
    """Since the end of 20 November."""

    code, nombre, cp = "sur", "Plaza Sur", "06700"
    closed_at = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


CAFE = Article(
    "A-1", "Café", "50201706", "H87", "pieza", "02", (Impuesto("002", "Tasa", Decimal(0)),), Decimal("45"), True
)
SOLD = Options(iva="0.16", descripcion="Consumo", clave_prod_serv="90101500", clave_unidad="E48", forma_pago="01")


def found(*rows: list[Any], options: Options = SOLD, branches: Any = (Matriz(),)) -> list[Any]:
    table = [Row(n, [str(cell) for cell in row]) for n, row in enumerate(rows, start=1)]
    look = look_at("sales", table, sheets=[], sheet="")
    places = places_in(look, propose("sales", look.names))
    reader = SaleReader("caja", places, options, branches, {"A-1": CAFE}.get, installed(), NOW)
    return list(read_sales(reader, table[1:]))


def sentences(one: Bad) -> list[str]:
    return [wrong.sentence for wrong in one.errors]


def test_a_product_gives_its_price_keys_and_taxes() -> None:
    [one] = found(
        ["Folio", "Fecha", "Producto", "Cantidad"], ["F-1", "21/11/2026", "A-1", "3"], options=Options(forma_pago="01")
    )
    sale = one.thing.sale
    assert sale.total == Decimal("135.00")
    assert (sale.lines[0].descripcion, sale.lines[0].no_identificacion, sale.lines[0].unidad) == (
        "Café",
        "A-1",
        "pieza",
    )


def test_what_the_row_says_wins_over_its_product() -> None:
    heads = ["Folio", "Fecha", "Producto", "Precio", "IVA", "Descripción"]
    [one] = found(heads, ["F-1", "21/11/2026", "A-1", "58.00", "16", "Café especial"])
    line = one.thing.sale.lines[0]
    assert (line.line.precio, line.descripcion) == (Decimal(58), "Café especial")
    assert line.line.impuestos == (Impuesto("002", "Tasa", Decimal("0.16")),)


def test_no_rate_is_ever_assumed() -> None:
    [one] = found(
        ["Folio", "Fecha", "Total"],
        ["F-1", "21/11/2026", "10.00"],
        options=Options(forma_pago="01", clave_prod_serv="90101500", clave_unidad="E48", descripcion="x"),
    )
    assert any("No suponemos ninguna tasa" in sentence for sentence in sentences(one))


def test_the_hour_is_that_of_the_branch() -> None:
    heads = ["Folio", "Fecha", "Hora", "Total", "Sucursal"]
    one, other = found(
        heads,
        ["F-1", "21/11/2026", "10:00", "10.00", "Sucursal Centro"],
        ["F-2", "21/11/2026", "10:00", "10.00", "32000.0"],
        branches=(Matriz(), Norte()),
    )
    assert (one.thing.branch, other.thing.branch) == (0, 1)
    assert other.thing.sale.sold_at - one.thing.sale.sold_at == timedelta(hours=1)


def test_an_amount_of_a_line_gives_its_price_back_to_the_cent() -> None:
    heads = ["Folio", "Fecha", "Cantidad", "Importe", "Total"]
    [one] = found(heads, ["F-1", "21/11/2026", "3", "100.00", "100.00"])
    assert one.thing.sale.total == Decimal("100.00")


def test_a_total_that_does_not_add_up_gives_both_sums() -> None:
    [one] = found(["Folio", "Fecha", "Precio", "Total"], ["F-1", "21/11/2026", "10.00", "10.01"])
    assert sentences(one) == ["El total dice 10.01 y las partidas suman 10.00"]


def test_a_sale_with_one_bad_line_stays_out_whole() -> None:
    heads = ["Ticket", "Fecha", "Concepto", "Precio"]
    bad, good = found(
        heads, ["T-1", "21/11/2026", "Café", "10"], ["T-1", "21/11/2026", "Pan", "0"], ["T-2", "21/11/2026", "Pan", "5"]
    )
    assert (bad.rows, [wrong.row for wrong in bad.errors]) == (2, [3])
    assert isinstance(good, Good)


def test_a_key_that_comes_back_later_is_refused() -> None:
    heads = ["Folio", "Fecha", "Total"]
    results = found(heads, *([name, "21/11/2026", "1.00"] for name in ("F-1", "F-2", "F-1")))
    assert [isinstance(one, Good) for one in results] == [True, True, False]
    [bad] = [one for one in results if isinstance(one, Bad)]
    assert "ya apareció antes en este archivo" in sentences(bad)[0]
    assert bad.row == 4


def test_the_sum_at_the_end_of_the_file_is_no_line_of_the_last_sale() -> None:
    good, bad = found(["Folio", "Fecha", "Total"], ["F-1", "21/11/2026", "5.00"], ["", "", "5.00"])
    assert isinstance(good, Good)
    assert sentences(bad) == ["Falta el folio o la clave de la venta"]


def test_every_mistake_of_a_row_is_told_at_once() -> None:
    heads = ["Folio", "Fecha", "Total", "Forma de pago"]
    [one] = found(heads, ["F-1", "31/02/2026", "doce", "trueque"])
    assert len(sentences(one)) == 3


def test_a_sale_of_tomorrow_or_of_before_cfdi_40_is_refused() -> None:
    heads = ["Folio", "Fecha", "Total"]
    future, past = found(heads, ["F-1", "25/11/2026", "1.00"], ["F-2", "31/12/2021", "1.00"])
    assert "futuro" in sentences(future)[0]
    assert "2022" in sentences(past)[0]


def test_a_closed_branch_sells_no_more_and_what_it_sold_before_comes_in() -> None:
    heads = ["Folio", "Fecha", "Hora", "Total", "Sucursal"]
    before, after = found(
        heads,
        ["F-1", "20/11/2026", "23:00", "10.00", "sur"],
        ["F-2", "21/11/2026", "10:00", "10.00", "Plaza Sur"],
        branches=(Matriz(), Closed()),
    )
    assert before.thing.branch == 1
    assert "La sucursal Plaza Sur está cerrada desde el 21 de noviembre de 2026, 00:00" in sentences(after)[0]


def test_where_the_file_names_no_branch_the_only_open_one_is_meant() -> None:
    heads = ["Folio", "Fecha", "Total", "Sucursal"]
    silent, by_cp = found(
        heads,
        ["F-1", "21/11/2026", "10.00", ""],
        ["F-2", "21/11/2026", "10.00", "06700"],
        branches=(Closed(), Matriz()),
    )
    assert (silent.thing.branch, by_cp.thing.branch) == (1, 1)


def test_a_sale_of_a_day_when_a_closed_branch_still_sold_is_not_given_to_the_open_one() -> None:
    heads = ["Folio", "Fecha", "Hora", "Total"]
    [before] = found(heads, ["F-1", "20/11/2026", "23:00", "10.00"], branches=(Matriz(), Closed()))
    assert sentences(before) == ["Falta la sucursal: elige en el mapeo la que vale cuando no se dice"]
