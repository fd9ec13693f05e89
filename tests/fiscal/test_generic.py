"""Generic concepts: whatever was sold, the document's cents stay, and each line stays inside the SAT's windows."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante, Emisor
from amate.fiscal.generic import Generic
from amate.fiscal.ingreso import SaleLine, build_ingreso
from amate.fiscal.money import Impuesto, Line, MoneyRefused, tax_line
from amate.fiscal.receptor import Receptor
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import seal
from amate.fiscal.withholding import with_isr_withheld
from amate.sandbox.pac.windows import tax_fits
from tests.fiscal import minting

IVA16 = Impuesto("002", "Tasa", Decimal("0.160000"))
IVA8 = Impuesto("002", "Tasa", Decimal("0.080000"))
IVA0 = Impuesto("002", "Tasa", Decimal("0.000000"))
EXENTO = Impuesto("002", "Exento", None)
IEPS8 = Impuesto("003", "Tasa", Decimal("0.080000"))
IEPS_UNIT = Impuesto("003", "Cuota", Decimal("6.455500"))
FOOD = Generic("", "Consumo de alimentos", "90101501", "E48")
DRINKS = Generic("5020", "Bebidas", "90101501", "E48")
MIXES = ((IVA16,), (IVA8,), (IVA0,), (EXENTO,), (IVA16, IEPS8), (IVA16, IEPS_UNIT))
MORAL = Receptor("MCI7306249Y1", "MUNICIPIO DE CUAUTITLAN IZCALLI", "54700", "603", "G03")


def line(precio: str, cantidad: str = "1", taxes: tuple[Impuesto, ...] = (IVA16,), **more: Any) -> SaleLine:
    said = {"clave_prod_serv": "50202306", "clave_unidad": "H87", "descripcion": "Refresco"}
    keys = {name: more.pop(name) for name in list(more) if name in said}
    return SaleLine(Line(Decimal(cantidad), Decimal(precio), taxes, **more), **{**said, **keys})


def build(lines: list[SaleLine], *generics: Generic) -> Comprobante:
    return build_ingreso(
        emisor=Emisor(minting.RFC, "ESCUELA KEMPER URGATE", "601"),
        receptor=MORAL,
        lugar_expedicion="06700",
        fecha=datetime(2026, 11, 21, 10, 0, 0),
        lines=lines,
        forma_pago="01",
        metodo_pago="PUE",
        generics=generics,
    )


@st.composite
def sales(draw: st.DrawFn) -> SaleLine:
    taxes = draw(st.sampled_from(MIXES))
    price = draw(st.integers(1, 200_000).map(lambda cents: Decimal(cents).scaleb(-2)))
    discount = draw(st.sampled_from([Decimal(0), (price / 4).quantize(Decimal("0.01"))]))
    return line(
        str(price),
        str(draw(st.sampled_from(["1", "2", "3", "0.355", "12"]))),
        taxes,
        descuento=discount,
        incluye_impuestos=draw(st.booleans()),
        clave_prod_serv=draw(st.sampled_from(["50202306", "50201706", "52152101"])),
    )


def is_possible(sale: SaleLine) -> bool:
    try:
        tax_line(sale.line)
    except MoneyRefused:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(sales().filter(is_possible), min_size=1, max_size=40),
    generics=st.sampled_from([(FOOD,), (DRINKS,), (DRINKS, FOOD)]),
    withheld=st.booleans(),
)
def test_no_cent_of_the_document_moves_and_every_rule_still_passes(
    lines: list[SaleLine], generics: tuple[Generic, ...], withheld: bool
) -> None:
    lines = with_isr_withheld(lines) if withheld else lines
    detail, told = build(lines), build(lines, *generics)
    for name in ("subtotal", "descuento", "total", "impuestos"):
        assert getattr(told, name) == getattr(detail, name), name
    for name in ("importe", "descuento"):
        assert sum(getattr(c, name) or 0 for c in told.conceptos) == sum(
            getattr(c, name) or 0 for c in detail.conceptos
        )
    for concepto in told.conceptos:
        assert len({tax.impuesto + tax.tipo_factor for tax in concepto.traslados}) == len(concepto.traslados)
        for tax in (*concepto.traslados, *concepto.retenciones):
            if tax.tasa_o_cuota is not None and tax.importe is not None:
                rate = f"{tax.tasa_o_cuota:.6f}"
                assert tax_fits(base=format(tax.base, "f"), tasa_o_cuota=rate, importe=format(tax.importe, "f"))
    errors = [
        f for f in validate_ours(told, seal(told, minting.csd()).xml, catalogs=installed()) if f.severity == "error"
    ]
    assert errors == []


def test_one_concept_for_each_combination_of_taxes() -> None:
    lines = [
        line("116.00", "2"),
        line("38.50", taxes=(IVA0,)),
        line("58.00"),
        line("10.00", taxes=(), objeto_imp="01"),
        line("20.00", taxes=(EXENTO,)),
    ]
    made = build(lines, FOOD).conceptos
    assert [(c.descripcion, c.clave_prod_serv, c.clave_unidad, c.cantidad) for c in made] == [
        ("Consumo de alimentos", "90101501", "E48", Decimal(1))
    ] * 4
    assert [(c.importe, c.objeto_imp, len(c.traslados)) for c in made] == [
        (Decimal("250.00"), "02", 1),
        (Decimal("38.50"), "02", 1),
        (Decimal("10.00"), "01", 0),
        (Decimal("20.00"), "02", 1),
    ]
    assert made[0].traslados[0].importe == Decimal("40.00")


def test_the_nearest_family_wins_and_an_article_of_none_is_told_by_its_name() -> None:
    lines = [line("116.00"), line("58.00", clave_prod_serv="52152101", descripcion="Taza")]
    assert [c.descripcion for c in build(lines, DRINKS).conceptos] == ["Bebidas", "Taza"]
    assert [c.descripcion for c in build(lines, FOOD, DRINKS).conceptos] == ["Bebidas", "Consumo de alimentos"]


@pytest.mark.parametrize("count", [30, 300, 1000])
def test_where_roundings_add_up_the_family_takes_more_than_one_line(count: int) -> None:
    """A thousand times 0.10 with tax: base 0.09 and IVA 0.01 each, where 16 % of 90.00 would be 14.40."""
    lines = [line("0.10")] * count
    made = build(lines, FOOD)
    assert made.total == Decimal("0.10") * count
    assert 1 < len(made.conceptos) < count
    errors = [
        f for f in validate_ours(made, seal(made, minting.csd()).xml, catalogs=installed()) if f.severity == "error"
    ]
    assert errors == []
