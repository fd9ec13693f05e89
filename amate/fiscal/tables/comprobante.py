"""Kinds of CFDI, export, relations, periods, forms and methods of payment."""

from datetime import date

from amate.fiscal.tables.entry import Entry, by_clave


def _rows(**textos: str) -> dict[str, Entry]:
    return by_clave(Entry(clave.removeprefix("_"), texto) for clave, texto in textos.items())


TIPOS_DE_COMPROBANTE = _rows(I="Ingreso", E="Egreso", T="Traslado", N="Nómina", P="Pago")

EXPORTACIONES = _rows(_01="No aplica", _02="Definitiva con clave A1", _03="Temporal") | by_clave(
    [Entry("04", "Definitiva con clave distinta a A1 o sin enajenación en términos del CFF", date(2022, 2, 25))]
)

METODOS_PAGO = _rows(PUE="Pago en una sola exhibición", PPD="Pago en parcialidades o diferido")

FORMAS_PAGO = _rows(
    _01="Efectivo",
    _02="Cheque nominativo",
    _03="Transferencia electrónica de fondos",
    _04="Tarjeta de crédito",
    _05="Monedero electrónico",
    _06="Dinero electrónico",
    _08="Vales de despensa",
    _12="Dación en pago",
    _13="Pago por subrogación",
    _14="Pago por consignación",
    _15="Condonación",
    _17="Compensación",
    _23="Novación",
    _24="Confusión",
    _25="Remisión de deuda",
    _26="Prescripción o caducidad",
    _27="A satisfacción del acreedor",
    _28="Tarjeta de débito",
    _29="Tarjeta de servicios",
    _30="Aplicación de anticipos",
    _31="Intermediario pagos",
    _99="Por definir",
)

TIPOS_RELACION = _rows(
    _01="Nota de crédito de los documentos relacionados",
    _02="Nota de débito de los documentos relacionados",
    _03="Devolución de mercancía sobre facturas o traslados previos",
    _04="Sustitución de los CFDI previos",
    _05="Traslados de mercancías facturados previamente",
    _06="Factura generada por los traslados previos",
    _07="CFDI por aplicación de anticipo",
)

PERIODICIDADES = _rows(_01="Diario", _02="Semanal", _03="Quincenal", _04="Mensual", _05="Bimestral")

MESES = _rows(
    _01="Enero",
    _02="Febrero",
    _03="Marzo",
    _04="Abril",
    _05="Mayo",
    _06="Junio",
    _07="Julio",
    _08="Agosto",
    _09="Septiembre",
    _10="Octubre",
    _11="Noviembre",
    _12="Diciembre",
    _13="Enero-Febrero",
    _14="Marzo-Abril",
    _15="Mayo-Junio",
    _16="Julio-Agosto",
    _17="Septiembre-Octubre",
    _18="Noviembre-Diciembre",
)
