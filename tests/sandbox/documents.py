"""Sealed documents from a builder of its own: tests of the PAC owe nothing to the product's writer."""

import base64
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from lxml import etree

from amate.fiscal.csd import Csd, private_key_der
from amate.sandbox.mint import ROLES, Minted, World
from amate.sandbox.pac.certificates import cadena_original

CFDI = "http://www.sat.gob.mx/cfd/4"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMES = {
    "moral": "CAFETERIA EL AMATE",
    "fisica": "MARIANA LOPEZ ARRIAGA",
    "enie": "ÑANDU IMPRESIONES",
    "ampersand": "HOJA & TINTA",
}

TEMPLATE = """<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" Version="4.0" Serie="A" Folio="{folio}" Fecha="{fecha}"
  FormaPago="03" SubTotal="{subtotal}" Moneda="MXN" Total="{total}" TipoDeComprobante="I" Exportacion="01" MetodoPago="PUE"
  LugarExpedicion="{cp}">
  <cfdi:Emisor Rfc="{rfc}" Nombre="{nombre}" RegimenFiscal="{regimen}"/>
  <cfdi:Receptor Rfc="MCI7306249Y1" Nombre="MUNICIPIO DE CUAUTITLAN IZCALLI" DomicilioFiscalReceptor="54700"
    RegimenFiscalReceptor="603" UsoCFDI="G03"/>
  <cfdi:Conceptos>
    <cfdi:Concepto ClaveProdServ="90101501" Cantidad="2" ClaveUnidad="E48" Descripcion="Desayuno &amp; café"
      ValorUnitario="{price}" Importe="{subtotal}" ObjetoImp="02">
      <cfdi:Impuestos><cfdi:Traslados>
        <cfdi:Traslado Base="{subtotal}" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="{iva}"/>
      </cfdi:Traslados></cfdi:Impuestos>
    </cfdi:Concepto>
  </cfdi:Conceptos>
  <cfdi:Impuestos TotalImpuestosTrasladados="{iva}"><cfdi:Traslados>
    <cfdi:Traslado Base="{subtotal}" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="{iva}"/>
  </cfdi:Traslados></cfdi:Impuestos>
</cfdi:Comprobante>
"""


def open_pair(pair: Minted) -> Csd:
    """Any minted pair, also those that `read_csd` rightly refuses."""
    return Csd.load(cer=pair.cer, private_key_der=private_key_der(key=pair.key, password=pair.password))


def local_fecha(now: datetime, *, zone: str = "America/Mexico_City") -> str:
    return (now - timedelta(seconds=10)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S")


def draft(
    *, now: datetime, role: str = "moral", folio: str = "1", cp: str = "06000", fecha: str = "", cents: int = 10_000
) -> etree._Element:
    """An unsealed invoice of two breakfasts of `cents` each plus IVA (232.00 unless said), by a minted emitter."""
    known = role if role in ROLES else "moral"
    price = Decimal(cents) / 100
    subtotal = price * 2
    iva = (subtotal * 16 / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    xml = TEMPLATE.format(
        folio=folio,
        fecha=fecha or local_fecha(now),
        cp=cp,
        rfc=escape(ROLES[known][0]),
        nombre=escape(NAMES[known]),
        regimen="601" if len(ROLES[known][0]) == 12 else "612",
        price=f"{price:.2f}",
        subtotal=f"{subtotal:.2f}",
        iva=f"{iva:.2f}",
        total=f"{subtotal + iva:.2f}",
    )
    return etree.fromstring(xml.encode())


def related(root: etree._Element, *uuids: str, tipo: str) -> etree._Element:
    """The same document naming others by TipoRelacion `tipo`."""
    group = etree.Element(f"{{{CFDI}}}CfdiRelacionados", TipoRelacion=tipo)
    for uuid in uuids:
        etree.SubElement(group, f"{{{CFDI}}}CfdiRelacionado", UUID=uuid)
    emisor = root.find(f"{{{CFDI}}}Emisor")
    assert emisor is not None
    root.insert(root.index(emisor), group)
    return root


def egreso(uuid: str, *, now: datetime, role: str = "moral", folio: str = "E1", cents: int = 5_000) -> etree._Element:
    """A credit note (01) of two breakfasts of `cents`."""
    root = draft(now=now, role=role, folio=folio, cents=cents)
    root.set("TipoDeComprobante", "E")
    return related(root, uuid, tipo="01")


PAGO = """<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:pago20="http://www.sat.gob.mx/Pagos20" Version="4.0"
  Serie="P" Folio="{folio}" Fecha="{fecha}" SubTotal="0" Moneda="XXX" Total="0" TipoDeComprobante="P" Exportacion="01"
  LugarExpedicion="06000">
  <cfdi:Emisor Rfc="{rfc}" Nombre="{nombre}" RegimenFiscal="601"/>
  <cfdi:Receptor Rfc="MCI7306249Y1" Nombre="MUNICIPIO DE CUAUTITLAN IZCALLI" DomicilioFiscalReceptor="54700"
    RegimenFiscalReceptor="603" UsoCFDI="CP01"/>
  <cfdi:Conceptos>
    <cfdi:Concepto ClaveProdServ="84111506" Cantidad="1" ClaveUnidad="ACT" Descripcion="Pago" ValorUnitario="0"
      Importe="0" ObjetoImp="01"/>
  </cfdi:Conceptos>
  <cfdi:Complemento><pago20:Pagos Version="2.0">
    <pago20:Totales TotalTrasladosBaseIVA16="100.00" TotalTrasladosImpuestoIVA16="16.00" MontoTotalPagos="116.00"/>
    <pago20:Pago FechaPago="{paid}" FormaDePagoP="03" MonedaP="MXN" TipoCambioP="1" Monto="116.00">
      <pago20:DoctoRelacionado IdDocumento="{uuid}" MonedaDR="MXN" EquivalenciaDR="1" NumParcialidad="1"
        ImpSaldoAnt="232.00" ImpPagado="116.00" ImpSaldoInsoluto="116.00" ObjetoImpDR="02">
        <pago20:ImpuestosDR><pago20:TrasladosDR>
          <pago20:TrasladoDR BaseDR="100.00" ImpuestoDR="002" TipoFactorDR="Tasa" TasaOCuotaDR="0.160000" ImporteDR="16.00"/>
        </pago20:TrasladosDR></pago20:ImpuestosDR>
      </pago20:DoctoRelacionado>
      <pago20:ImpuestosP><pago20:TrasladosP>
        <pago20:TrasladoP BaseP="100.00" ImpuestoP="002" TipoFactorP="Tasa" TasaOCuotaP="0.160000" ImporteP="16.00"/>
      </pago20:TrasladosP></pago20:ImpuestosP>
    </pago20:Pago>
  </pago20:Pagos></cfdi:Complemento>
</cfdi:Comprobante>
"""


def pago(uuid: str, *, now: datetime, folio: str = "1") -> etree._Element:
    """An unsealed REP: half of a 232.00 invoice was paid."""
    rfc = ROLES["moral"][0]
    fecha = local_fecha(now)
    xml = PAGO.format(folio=folio, fecha=fecha, rfc=rfc, nombre=NAMES["moral"], uuid=uuid, paid=fecha)
    return etree.fromstring(xml.encode())


def seal_tree(root: etree._Element, csd: Csd) -> bytes:
    """Put certificate and Sello into the tree; the cadena comes from the SAT's stylesheet."""
    root.set("NoCertificado", csd.no_certificado)
    root.set("Certificado", csd.certificado_b64)
    root.set("Sello", base64.b64encode(csd.sign(cadena_original(root).encode())).decode())
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def sealed(
    world: World, *, now: datetime, role: str = "moral", folio: str = "1", cp: str = "06000", fecha: str = ""
) -> bytes:
    return seal_tree(draft(now=now, role=role, folio=folio, cp=cp, fecha=fecha), open_pair(world.csds[role]))
