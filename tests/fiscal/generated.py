"""Hypothesis documents: every optional field, every kind of tax, and the texts that break careless writers."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import strategies as st

from amate.fiscal.comprobante import (
    Comprobante,
    Concepto,
    InformacionGlobal,
    Relacionados,
    Retencion,
    Traslado,
)
from amate.fiscal.receptor import Receptor
from tests.fiscal.documents import invoice

EXOTIC_SPACES = "\u00a0\u0085\u2009\u2028\u3000"
_TROUBLE = "&<>\"' \t\n\rÑñáéü⏻🌵]]>-–" + EXOTIC_SPACES

_CHARACTERS = st.one_of(
    st.sampled_from(_TROUBLE),
    st.sampled_from("ABCabc019 .,"),
    st.characters(min_codepoint=0x20, exclude_categories=("Cs", "Cc"), exclude_characters="|\ufffe\uffff"),
)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Never only XML white space, which a schema counts as empty."""
    return st.text(_CHARACTERS, min_size=1, max_size=min(longest, 40)).filter(lambda text: text.strip("\t\n\r ") != "")


def money(places: int = 2, most: int = 10**7) -> st.SearchStrategy[Decimal]:
    return st.integers(1, most).map(lambda cents: Decimal(cents).scaleb(-places))


_RATES = st.sampled_from(["0.160000", "0.08", "0", "0.265000", "1.6"]).map(Decimal)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@st.composite
def traslados(draw: st.DrawFn, base: Decimal) -> Traslado:
    impuesto = draw(st.sampled_from(["002", "003"]))
    if draw(st.booleans()):
        return Traslado(base=base, impuesto=impuesto, tipo_factor="Exento")
    rate = draw(_RATES)
    return Traslado(
        base=base,
        impuesto=impuesto,
        tipo_factor="Tasa",
        tasa_o_cuota=rate,
        importe=max(_cents(base * rate), Decimal("0.00")),
    )


@st.composite
def lines(draw: st.DrawFn) -> Concepto:
    cantidad, precio = draw(money(draw(st.integers(0, 6)), 5000)), draw(money(draw(st.sampled_from([2, 6]))))
    importe = max(_cents(cantidad * precio), Decimal("0.01"))
    descuento = _cents(importe / 4) if draw(st.booleans()) else None
    base = importe - (descuento or Decimal(0))
    charged = tuple(draw(traslados(base)) for _ in range(draw(st.integers(0, 3))))
    held = tuple(
        Retencion(
            base=base,
            impuesto=impuesto,
            tipo_factor="Tasa",
            tasa_o_cuota=Decimal("0.106667"),
            importe=_cents(base * Decimal("0.106667")),
        )
        for impuesto in draw(st.lists(st.sampled_from(["001", "002"]), max_size=2, unique=True))
    )
    return Concepto(
        clave_prod_serv=draw(st.sampled_from(["81112101", "01010101", "50202306"])),
        cantidad=cantidad,
        clave_unidad=draw(st.sampled_from(["E48", "H87", "ACT"])),
        descripcion=draw(texts(1000)),
        valor_unitario=precio,
        importe=importe,
        objeto_imp="02" if charged or held else "01",
        descuento=descuento,
        no_identificacion=draw(st.none() | texts(100)),
        unidad=draw(st.none() | texts(20).filter(lambda text: len(text) <= 20)),
        traslados=charged,
        retenciones=held,
    )


@st.composite
def comprobantes(draw: st.DrawFn) -> Comprobante:
    """Well formed and summed, though not always sensible: what the writer must carry, whatever the rules think."""
    receptor = Receptor(
        rfc=draw(st.sampled_from(["MCI7306249Y1", "XEXX010101000", "ÑAI200901XX1", "H&T190520XX0"])),
        nombre=draw(texts(300)),
        domicilio_fiscal="54700",
        regimen_fiscal="603",
        uso_cfdi="G03",
        residencia_fiscal=draw(st.sampled_from([None, "USA"])),
        num_reg_id_trib=draw(st.none() | texts(40)),
    )
    uuids = st.uuids().map(str)
    return invoice(
        *draw(st.lists(lines(), min_size=1, max_size=5)),
        receptor=receptor,
        fecha=draw(st.datetimes(datetime(2022, 1, 1), datetime(2030, 1, 1)).map(lambda t: t.replace(microsecond=0))),
        serie=draw(st.none() | texts(25).filter(lambda text: len(text) <= 25)),
        folio=draw(st.none() | texts(40)),
        forma_pago=draw(st.sampled_from([None, "03", "99"])),
        condiciones_de_pago=draw(st.none() | texts(1000)),
        tipo_cambio=draw(st.sampled_from([None, "1", "19.123456"])),
        moneda=draw(st.sampled_from(["MXN", "USD"])),
        metodo_pago=draw(st.sampled_from([None, "PUE", "PPD"])),
        informacion_global=draw(
            st.none() | st.builds(InformacionGlobal, st.just("04"), st.sampled_from(["01", "12"]), st.just(2026))
        ),
        relacionados=tuple(
            draw(
                st.lists(
                    st.builds(
                        Relacionados, st.sampled_from(["01", "04"]), st.lists(uuids, min_size=1, max_size=3).map(tuple)
                    ),
                    max_size=2,
                )
            )
        ),
    )
