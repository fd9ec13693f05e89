"""CFDI40103 to CFDI40137: the Comprobante, the global's node and the relations (FISCAL 2, 8, 9)."""

from collections.abc import Iterator
from fractions import Fraction

from amate.sandbox.pac.rules.table import Facts, amount, attributes, rule
from amate.sandbox.pac.schema import CFDI
from amate.sandbox.pac.windows import decimals, exact, half_up

PUBLICO = "PUBLICO EN GENERAL"
_COMERCIO_EXTERIOR = "ComercioExterior"


@rule("CFDI40103", "Con tipo T, N o P el campo FormaPago no debe existir", "FISCAL 2; NT")
def no_forma_pago(f: Facts) -> Iterator[str]:
    if f.tipo in "TNP" and "FormaPago" in f.comprobante:
        yield f"tipo {f.tipo} con FormaPago {f.comprobante['FormaPago']}"


@rule("CFDI40105", "Con MetodoPago PPD, FormaPago debe ser 99", "FISCAL 2; NT, KP")
def ppd_is_99(f: Facts) -> Iterator[str]:
    if f.comprobante.get("MetodoPago") == "PPD" and f.comprobante.get("FormaPago") != "99":
        yield f"FormaPago {f.comprobante.get('FormaPago')}"


@rule("CFDI40107", "SubTotal excede los decimales de la moneda", "FISCAL 2; NT")
def subtotal_decimals(f: Facts) -> Iterator[str]:
    if decimals(f.comprobante["SubTotal"]) > f.places:
        yield f.comprobante["SubTotal"]


@rule("CFDI40108", "SubTotal no es la suma redondeada de los importes", "FISCAL 2; MX")
def subtotal_is_the_sum(f: Facts) -> Iterator[str]:
    if f.tipo in "IEN":
        expected = half_up(sum((exact(c.said["Importe"]) for c in f.conceptos), Fraction(0)), f.places)
        if amount(f.comprobante, "SubTotal") != expected:
            yield f"{f.comprobante['SubTotal']} ≠ {float(expected)}"


@rule("CFDI40109", "Con tipo T o P, SubTotal debe ser 0", "FISCAL 2; NT")
def subtotal_zero(f: Facts) -> Iterator[str]:
    if f.tipo in "TP" and amount(f.comprobante, "SubTotal") != 0:
        yield f.comprobante["SubTotal"]


@rule("CFDI40110", "Descuento es mayor que SubTotal", "FISCAL 2")
def discount_within(f: Facts) -> Iterator[str]:
    if amount(f.comprobante, "Descuento") > amount(f.comprobante, "SubTotal"):
        yield f.comprobante["Descuento"]


@rule("CFDI40111", "Descuento no corresponde con los descuentos de los conceptos", "FISCAL 2; KP, NT")
def discount_is_the_sum(f: Facts) -> Iterator[str]:
    in_lines = [exact(c.said["Descuento"]) for c in f.conceptos if "Descuento" in c.said]
    if in_lines and f.tipo not in "IEN":
        yield f"tipo {f.tipo} con descuento en un concepto"
    if bool(in_lines) != ("Descuento" in f.comprobante):
        yield "existe en los conceptos o en el comprobante, no en ambos"
    elif in_lines and amount(f.comprobante, "Descuento") != half_up(sum(in_lines, Fraction(0)), f.places):
        yield f.comprobante["Descuento"]


@rule("CFDI40112", "Descuento excede los decimales de la moneda", "FISCAL 2")
def discount_decimals(f: Facts) -> Iterator[str]:
    if decimals(f.comprobante.get("Descuento", "")) > f.places:
        yield f.comprobante["Descuento"]


@rule("CFDI40114", "Con Moneda MXN, TipoCambio se omite o es 1", "FISCAL 2; NT")
def pesos_at_one(f: Facts) -> Iterator[str]:
    if f.comprobante["Moneda"] == "MXN" and f.comprobante.get("TipoCambio", "1") != "1":
        yield f.comprobante["TipoCambio"]


@rule("CFDI40115", "TipoCambio es obligatorio con una moneda distinta de MXN y XXX", "FISCAL 2; NT")
def foreign_needs_rate(f: Facts) -> Iterator[str]:
    if f.comprobante["Moneda"] not in ("MXN", "XXX") and "TipoCambio" not in f.comprobante:
        yield f.comprobante["Moneda"]


@rule("CFDI40116", "Con Moneda XXX, TipoCambio no debe existir", "FISCAL 2; NT")
def no_currency_no_rate(f: Facts) -> Iterator[str]:
    if f.comprobante["Moneda"] == "XXX" and "TipoCambio" in f.comprobante:
        yield f.comprobante["TipoCambio"]


@rule("CFDI40119", "Total no es SubTotal − Descuento + trasladados − retenidos", "FISCAL 2; NT")
def total_adds_up(f: Facts) -> Iterator[str]:
    taxes = Fraction(0)
    if f.impuestos is not None:
        said = attributes(f.impuestos)
        taxes = amount(said, "TotalImpuestosTrasladados") - amount(said, "TotalImpuestosRetenidos")
    expected = amount(f.comprobante, "SubTotal") - amount(f.comprobante, "Descuento") + taxes
    if amount(f.comprobante, "Total") != half_up(expected, f.places):
        yield f"{f.comprobante['Total']} ≠ {float(expected)}"


@rule("CFDI40122", "Exportacion 02 pide el complemento de Comercio Exterior", "FISCAL 2")
def export_needs_complement(f: Facts) -> Iterator[str]:
    if f.comprobante["Exportacion"] == "02":
        complements = [str(node.tag) for node in f.root.findall(f"{{{CFDI}}}Complemento/*")]
        if not any(_COMERCIO_EXTERIOR in tag for tag in complements):
            yield "falta el complemento"


@rule("CFDI40125", "Con tipo T o P se omite MetodoPago", "FISCAL 2; NT")
def no_metodo_pago(f: Facts) -> Iterator[str]:
    if f.tipo in "TP" and "MetodoPago" in f.comprobante:
        yield f.comprobante["MetodoPago"]


@rule("CFDI40127", "Confirmacion no debe existir si no hace falta", "FISCAL 2; NT")
def no_confirmation(f: Facts) -> Iterator[str]:
    if "Confirmacion" in f.comprobante:
        yield f.comprobante["Confirmacion"]


@rule("CFDI40130", "InformacionGlobal, RFC genérico y PUBLICO EN GENERAL van juntos", "FISCAL REC-5, GLO-5")
def global_shape(f: Facts) -> Iterator[str]:
    to_the_public = f.receptor["Rfc"] == "XAXX010101000" and f.receptor["Nombre"] == PUBLICO
    if f.global_ is not None and not (to_the_public and f.tipo == "I"):
        yield f"{f.receptor['Rfc']} {f.receptor['Nombre']} con InformacionGlobal en tipo {f.tipo}"
    if f.global_ is None and to_the_public and f.tipo == "I":
        yield "falta InformacionGlobal"


@rule("CFDI40132", "Periodicidad 05 solo con régimen 621, y al revés", "FISCAL GLO-5; NT, GG")
def bimonthly_is_rif(f: Facts) -> Iterator[str]:
    if f.global_ is not None and (f.global_["Periodicidad"] == "05") != (f.emisor["RegimenFiscal"] == "621"):
        yield f"Periodicidad {f.global_['Periodicidad']} con régimen {f.emisor['RegimenFiscal']}"


@rule("CFDI40134", "Meses debe ser de 01 a 12", "FISCAL GLO-5")
def single_months(f: Facts) -> Iterator[str]:
    if f.global_ is not None and f.global_["Periodicidad"] != "05" and f.global_["Meses"] > "12":
        yield f.global_["Meses"]


@rule("CFDI40135", "Meses debe ser de 13 a 18 con Periodicidad 05", "FISCAL GLO-5; NT")
def double_months(f: Facts) -> Iterator[str]:
    if f.global_ is not None and f.global_["Periodicidad"] == "05" and f.global_["Meses"] < "13":
        yield f.global_["Meses"]


@rule("CFDI40136", "Año debe ser el de Fecha o el anterior", "FISCAL GLO-3; NT")
def year_of_the_global(f: Facts) -> Iterator[str]:
    if f.global_ is not None:
        year = int(f.comprobante["Fecha"][:4])
        if int(f.global_["Año"]) not in (year, year - 1):
            yield f.global_["Año"]


@rule("CFDI40137", "TipoRelacion no está en c_TipoRelacion", "FISCAL REL-1, USO-2; CAT")
def live_relation(f: Facts) -> Iterator[str]:
    for node in f.root.findall(f"{{{CFDI}}}CfdiRelacionados"):
        if attributes(node)["TipoRelacion"] in ("08", "09"):
            yield attributes(node)["TipoRelacion"]
