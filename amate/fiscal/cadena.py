"""The cadena original of a document that others wrote, in one walk: the SAT's XSLT is a quarter of checking a file.

Where the schema is met, nodes stand in the order of the cadena, so only the order of their attributes has to be known
(read from the XSLT, as for `seal.py`). Whatever is not in the tables below is left to the XSLT; tests compare the two.
"""

from lxml import etree

from amate.fiscal.xml import CFDI, PAGOS, TFD, cadena_original

_OF_CFDI = """
Comprobante Version Serie Folio Fecha FormaPago NoCertificado CondicionesDePago SubTotal Descuento Moneda TipoCambio Total TipoDeComprobante Exportacion MetodoPago LugarExpedicion Confirmacion
InformacionGlobal Periodicidad Meses Año
CfdiRelacionados TipoRelacion
CfdiRelacionado UUID
Emisor Rfc Nombre RegimenFiscal FacAtrAdquirente
Receptor Rfc Nombre DomicilioFiscalReceptor ResidenciaFiscal NumRegIdTrib RegimenFiscalReceptor UsoCFDI
Conceptos
Concepto ClaveProdServ NoIdentificacion Cantidad ClaveUnidad Unidad Descripcion ValorUnitario Importe Descuento ObjetoImp
Impuestos
Traslados
Traslado Base Impuesto TipoFactor TasaOCuota Importe
Retenciones
Retencion Base Impuesto TipoFactor TasaOCuota Importe
ACuentaTerceros RfcACuentaTerceros NombreACuentaTerceros RegimenFiscalACuentaTerceros DomicilioFiscalACuentaTerceros
InformacionAduanera NumeroPedimento
CuentaPredial Numero
Parte ClaveProdServ NoIdentificacion Cantidad Unidad Descripcion ValorUnitario Importe
Complemento
"""
_OF_PAGOS = """
Pagos Version
Totales TotalRetencionesIVA TotalRetencionesISR TotalRetencionesIEPS TotalTrasladosBaseIVA16 TotalTrasladosImpuestoIVA16 TotalTrasladosBaseIVA8 TotalTrasladosImpuestoIVA8 TotalTrasladosBaseIVA0 TotalTrasladosImpuestoIVA0 TotalTrasladosBaseIVAExento MontoTotalPagos
Pago FechaPago FormaDePagoP MonedaP TipoCambioP Monto NumOperacion RfcEmisorCtaOrd NomBancoOrdExt CtaOrdenante RfcEmisorCtaBen CtaBeneficiario TipoCadPago CertPago CadPago SelloPago
DoctoRelacionado IdDocumento Serie Folio MonedaDR EquivalenciaDR NumParcialidad ImpSaldoAnt ImpPagado ImpSaldoInsoluto ObjetoImpDR
ImpuestosDR
RetencionesDR
RetencionDR BaseDR ImpuestoDR TipoFactorDR TasaOCuotaDR ImporteDR
TrasladosDR
TrasladoDR BaseDR ImpuestoDR TipoFactorDR TasaOCuotaDR ImporteDR
ImpuestosP
RetencionesP
RetencionP ImpuestoP ImporteP
TrasladosP
TrasladoP BaseP ImpuestoP TipoFactorP TasaOCuotaP ImporteP
"""


def _fields(namespace: str, nodes: str) -> dict[str, tuple[str, ...]]:
    return {f"{{{namespace}}}{node}": tuple(names) for node, *names in map(str.split, nodes.strip().splitlines())}


_FIELDS = {**_fields(CFDI, _OF_CFDI), **_fields(PAGOS, _OF_PAGOS)}
_IMPUESTOS, _TRASLADOS, _COMPLEMENTO = (f"{{{CFDI}}}{name}" for name in ("Impuestos", "Traslados", "Complemento"))
_TIMBRE = f"{{{TFD}}}TimbreFiscalDigital"
_LOOSE = ("  ", "| ", " |", "\t", "\n", "\r")  # white space that the XSLT takes out


def cadena_of(root: etree._Element, *, well_built: bool) -> str:
    """`xml.cadena_original`, letter for letter. `well_built`: the schema takes the document as it is."""
    return (_walked(root) if well_built else None) or cadena_original(root)


def _walked(root: etree._Element) -> str | None:
    """None for what only the XSLT can write."""
    said: list[str] = []
    held: str | None = None  # the totals of the summary come after its nodes, not where they are written
    charged: str | None = None
    for element in root.iter("*"):
        tag = element.tag
        if tag == _TIMBRE and not len(element) and not element.text:
            continue  # the cadena is what was sealed, before the stamp
        names = _FIELDS.get(str(tag))
        if names is None:
            return None
        if tag == _IMPUESTOS:
            held, charged = element.get("TotalImpuestosRetenidos"), element.get("TotalImpuestosTrasladados")
            continue
        if held is not None and tag in (_TRASLADOS, _COMPLEMENTO):
            said.append(held)
            held = None
        if charged is not None and tag == _COMPLEMENTO:
            said.append(charged)
            charged = None
        said.extend([value for name in names if (value := element.get(name)) is not None])
    said.extend([total for total in (held, charged) if total is not None])
    cadena = f"||{'|'.join(said)}||"
    return None if any(space in cadena for space in _LOOSE) else cadena
