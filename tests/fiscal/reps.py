"""Two sound REPs written by hand, so that the rules have a witness that our own writer did not make."""

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:pago20="http://www.sat.gob.mx/Pagos20" Version="4.0"
 Serie="P" Folio="7" Fecha="2026-11-20T12:00:00" Sello="AAAA" NoCertificado="20001000000300000001" Certificado="AAAA"
 SubTotal="0" Moneda="XXX" Total="0" TipoDeComprobante="P" Exportacion="01" LugarExpedicion="86000">
 <cfdi:Emisor Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>
 <cfdi:Receptor Rfc="MCI7306249Y1" Nombre="MUNICIPIO DE CUAUTITLAN IZCALLI" DomicilioFiscalReceptor="54700"
  RegimenFiscalReceptor="603" UsoCFDI="CP01"/>
 <cfdi:Conceptos><cfdi:Concepto ClaveProdServ="84111506" Cantidad="1" ClaveUnidad="ACT" Descripcion="Pago"
  ValorUnitario="0" Importe="0" ObjetoImp="01"/></cfdi:Conceptos>
 <cfdi:Complemento><pago20:Pagos Version="2.0">"""
_FOOT = "</pago20:Pagos></cfdi:Complemento></cfdi:Comprobante>"

_UUID = "6F35D3B5-3651-5370-BC2C-14CDBE384CD"


def _tax(kind: str, suffix: str, impuesto: str, factor: str, tasa: str, base: str, importe: str) -> str:
    fields = [
        ("Base", base),
        ("Impuesto", impuesto),
        ("TipoFactor", factor),
        ("TasaOCuota", tasa),
        ("Importe", importe),
    ]
    written = "".join(f' {name}{suffix}="{value}"' for name, value in fields if value)
    return f"<pago20:{kind}{suffix}{written}/>"


def _taxes(suffix: str, retenciones: list[str], traslados: list[str]) -> str:
    held = f"<pago20:Retenciones{suffix}>{''.join(retenciones)}</pago20:Retenciones{suffix}>" if retenciones else ""
    charged = f"<pago20:Traslados{suffix}>{''.join(traslados)}</pago20:Traslados{suffix}>" if traslados else ""
    return f"<pago20:Impuestos{suffix}>{held}{charged}</pago20:Impuestos{suffix}>"


def _paid(
    number: int,
    pagado: str,
    before: str,
    after: str,
    objeto: str,
    *,
    moneda: str = "MXN",
    equivalencia: str = "1",
    retenciones: list[str] | None = None,
    traslados: list[str] | None = None,
) -> str:
    taxes = _taxes("DR", retenciones or [], traslados or []) if retenciones or traslados else ""
    return (
        f'<pago20:DoctoRelacionado IdDocumento="{_UUID}{number}" Folio="{number}" MonedaDR="{moneda}" '
        f'EquivalenciaDR="{equivalencia}" NumParcialidad="{number}" ImpSaldoAnt="{before}" ImpPagado="{pagado}" '
        f'ImpSaldoInsoluto="{after}" ObjetoImpDR="{objeto}">{taxes}</pago20:DoctoRelacionado>'
    )


def _iva(tasa: str, base: str, importe: str, suffix: str = "DR") -> str:
    return _tax("Traslado", suffix, "002", "Tasa", tasa, base, importe)


PESOS = (
    _HEAD + '<pago20:Totales TotalRetencionesIVA="10.67" TotalRetencionesISR="10.50" TotalRetencionesIEPS="0.80" '
    'TotalTrasladosBaseIVA16="100.00" TotalTrasladosImpuestoIVA16="16.00" TotalTrasladosBaseIVA8="50.00" '
    'TotalTrasladosImpuestoIVA8="4.00" TotalTrasladosBaseIVA0="20.00" TotalTrasladosImpuestoIVA0="0.00" '
    'TotalTrasladosBaseIVAExento="30.00" MontoTotalPagos="275.03"/>'
    '<pago20:Pago FechaPago="2026-11-19T12:00:00" FormaDePagoP="03" MonedaP="MXN" TipoCambioP="1" Monto="275.03" '
    'NumOperacion="1" RfcEmisorCtaOrd="BMI9704113PA" CtaOrdenante="0001970000" RfcEmisorCtaBen="BBA830831LJ2" '
    'CtaBeneficiario="019800500012345678">'
    + _paid(
        1,
        "94.53",
        "94.53",
        "0.00",
        "02",
        retenciones=[
            _tax("Retencion", "DR", "001", "Tasa", "0.100000", "100.00", "10.00"),
            _tax("Retencion", "DR", "002", "Tasa", "0.106667", "100.00", "10.67"),
            _tax("Retencion", "DR", "003", "Tasa", "0.080000", "10.00", "0.80"),
        ],
        traslados=[_iva("0.160000", "100.00", "16.00")],
    )
    + _paid(2, "54.00", "154.00", "100.00", "02", traslados=[_iva("0.080000", "50.00", "4.00")])
    + _paid(
        3,
        "50.00",
        "50.00",
        "0.00",
        "02",
        traslados=[_tax("Traslado", "DR", "002", "Exento", "", "30.00", ""), _iva("0.000000", "20.00", "0.00")],
    )
    + _paid(
        4,
        "27.00",
        "27.00",
        "0.00",
        "07",
        traslados=[_tax("Traslado", "DR", "003", "Tasa", "0.080000", "25.00", "2.00")],
    )
    + _paid(5, "10.00", "10.00", "0.00", "01")
    + _paid(
        6,
        "39.50",
        "39.50",
        "0.00",
        "06",
        retenciones=[_tax("Retencion", "DR", "001", "Tasa", "0.012500", "40.00", "0.50")],
    )
    + _taxes(
        "P",
        [
            '<pago20:RetencionP ImpuestoP="001" ImporteP="10.50"/>',
            '<pago20:RetencionP ImpuestoP="002" ImporteP="10.67"/>',
            '<pago20:RetencionP ImpuestoP="003" ImporteP="0.80"/>',
        ],
        [
            _iva("0.160000", "100.00", "16.00", "P"),
            _iva("0.080000", "50.00", "4.00", "P"),
            _tax("Traslado", "P", "002", "Exento", "", "30.00", ""),
            _iva("0.000000", "20.00", "0.00", "P"),
            _tax("Traslado", "P", "003", "Tasa", "0.080000", "25.00", "2.00"),
        ],
    )
    + "</pago20:Pago>"
    + _FOOT
)
"""One transfer that pays six invoices: every kind of tax, every ObjetoImpDR that differs."""

DOLLARS = (
    _HEAD + '<pago20:Totales TotalTrasladosBaseIVA16="1592.00" TotalTrasladosImpuestoIVA16="254.72" '
    'MontoTotalPagos="1850.00"/>'
    '<pago20:Pago FechaPago="2026-11-19T12:00:00" FormaDePagoP="03" MonedaP="USD" TipoCambioP="18.5" Monto="100.00">'
    + _paid(
        1,
        "1160.00",
        "1160.00",
        "0.00",
        "02",
        equivalencia="18.500000",
        traslados=[_iva("0.160000", "1000.000000", "160.000000")],
    )
    + _paid(2, "37.12", "37.12", "0.00", "02", moneda="USD", traslados=[_iva("0.160000", "32.000000", "5.120000")])
    + _taxes("P", [], [_iva("0.160000", "86.054055", "13.768649", "P")])
    + "</pago20:Pago>"
    + _FOOT
)
"""100 dollars that pay an invoice in pesos and one in dollars."""
