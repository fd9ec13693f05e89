"""CFDI as another system wrote them, their metadata, and the ZIP in which they come. Seals and certificates are filler: who
moves in is believed, and a person confirms."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

EMISOR = "CEA210315XX4"
KEMPER = ("EKU9003173C9", "ESCUELA KEMPER URGATE", "42501", "601")
XOCHILT = ("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "36257", "612")
SPACE = UUID("6f1b5f6e-2d0a-4c39-9a53-0d0f1b6d7a10")
HEAD = (
    "Uuid~RfcEmisor~NombreEmisor~RfcReceptor~NombreReceptor~RfcPac~FechaEmision~FechaCertificacionSat~Monto~"
    "EfectoComprobante~Estatus~FechaCancelacion"
)
_CERTIFICATE = "MIIF" + "q8Zr2LxT" * 240  # as long as a real one
_SEAL = "bT7w" * 86


def uuid_of(name: str) -> str:
    return str(uuid5(SPACE, name)).upper()


def invoice(
    name: str,
    *,
    of: tuple[str, str, str, str] = KEMPER,
    day: str = "2026-03-05",
    price: str = "1000.00",
    metodo: str = "PPD",
    descripcion: str = "Internet 20 Mbps",
    key: str = "",
    tipo: str = "I",
    relates: Mapping[str, Iterable[str]] | None = None,
    moneda: str = "MXN",
    emisor: str = EMISOR,
) -> bytes:
    """`name` is serie-folio and names its UUID; `relates`: {tipo_relacion: names}. At 16 % of IVA."""
    base = Decimal(price)
    iva = (base * Decimal("0.16")).quantize(Decimal("0.01"))
    tax = f'Base="{base}" Impuesto="002" TipoFactor="Tasa" TasaOCuota="0.160000" Importe="{iva}"'
    own = f' NoIdentificacion="{key}"' if key else ""
    body = (
        f'<cfdi:Conceptos><cfdi:Concepto ClaveProdServ="81161700"{own} Cantidad="1" ClaveUnidad="E48" '
        f'Descripcion="{descripcion}" ValorUnitario="{base}" Importe="{base}" ObjetoImp="02"><cfdi:Impuestos>'
        f"<cfdi:Traslados><cfdi:Traslado {tax}/></cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto></cfdi:Conceptos>"
        f'<cfdi:Impuestos TotalImpuestosTrasladados="{iva}"><cfdi:Traslados><cfdi:Traslado {tax}/></cfdi:Traslados>'
        "</cfdi:Impuestos>"
    )
    return _document(
        name, tipo, of, day, body, "", moneda=moneda, metodo=metodo, sub=base, total=base + iva, uso="G03",
        relates=relates or {}, emisor=emisor,
    )  # fmt: skip


def rep(
    name: str,
    pays: Iterable[tuple[str, int, str, str]],
    *,
    of: tuple[str, str, str, str] = KEMPER,
    day: str = "2026-03-20",
    relates: Mapping[str, Iterable[str]] | None = None,
    moneda: str = "MXN",
) -> bytes:
    """`pays`: (name of the invoice, parcialidad, saldo anterior, pagado)."""
    nodes, whole = "", Decimal(0)
    for invoiced, number, before, paid in pays:
        left = Decimal(before) - Decimal(paid)
        whole += Decimal(paid)
        nodes += (
            f'<pago20:DoctoRelacionado IdDocumento="{uuid_of(invoiced)}" Serie="A" Folio="1" MonedaDR="{moneda}" '
            f'EquivalenciaDR="1" NumParcialidad="{number}" ImpSaldoAnt="{before}" ImpPagado="{paid}" '
            f'ImpSaldoInsoluto="{left}" ObjetoImpDR="01"/>'
        )
    body = (
        '<cfdi:Conceptos><cfdi:Concepto ClaveProdServ="84111506" Cantidad="1" ClaveUnidad="ACT" Descripcion="Pago" '
        'ValorUnitario="0" Importe="0" ObjetoImp="01"/></cfdi:Conceptos>'
    )
    paid = (
        f'<pago20:Pagos Version="2.0"><pago20:Totales MontoTotalPagos="{whole}"/>'
        f'<pago20:Pago FechaPago="{day}T12:00:00" FormaDePagoP="03" MonedaP="MXN" TipoCambioP="1" Monto="{whole}">{nodes}'
        "</pago20:Pago></pago20:Pagos>"
    )
    return _document(
        name, "P", of, day, body, paid, moneda="XXX", metodo="", sub=Decimal(0), total=Decimal(0), uso="CP01",
        relates=relates or {}, emisor=EMISOR,
    )  # fmt: skip


def _document(
    name: str, tipo: str, of: tuple[str, str, str, str], day: str, body: str, complement: str, **more: Any
) -> bytes:
    serie, _, folio = name.rpartition("-")
    rfc, nombre, cp, regimen = of
    metodo = f' MetodoPago="{more["metodo"]}" FormaPago="99"' if more["metodo"] else ""
    related = "".join(
        f'<cfdi:CfdiRelacionados TipoRelacion="{kind}">'
        + "".join(f'<cfdi:CfdiRelacionado UUID="{uuid_of(one)}"/>' for one in names)
        + "</cfdi:CfdiRelacionados>"
        for kind, names in more["relates"].items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:pago20="http://www.sat.gob.mx/Pagos20" '
        f'Version="4.0" Serie="{serie}" Folio="{folio}" Fecha="{day}T10:00:00" Sello="{_SEAL}" '
        f'NoCertificado="30001000000500003416" Certificado="{_CERTIFICATE}" SubTotal="{more["sub"]}" '
        f'Moneda="{more["moneda"]}" Total="{more["total"]}" TipoDeComprobante="{tipo}" Exportacion="01"{metodo} '
        f'LugarExpedicion="42501">{related}<cfdi:Emisor Rfc="{more["emisor"]}" Nombre="CAFE EL AGAVE" '
        f'RegimenFiscal="601"/><cfdi:Receptor Rfc="{rfc}" Nombre="{nombre}" DomicilioFiscalReceptor="{cp}" '
        f'RegimenFiscalReceptor="{regimen}" UsoCFDI="{more["uso"]}"/>{body}<cfdi:Complemento>{complement}'
        '<tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1" '
        f'UUID="{uuid_of(name)}" FechaTimbrado="{day}T10:00:05" RfcProvCertif="SPR190613I52" SelloCFD="{_SEAL}" '
        f'NoCertificadoSAT="30001000000500003456" SelloSAT="{_SEAL}"/></cfdi:Complemento></cfdi:Comprobante>'
    ).encode()


def line(name: str, *, cancelled: bool = False, tipo: str = "I", emisor: str = EMISOR) -> str:
    """Of the SAT's metadata."""
    tail = "0~2026-04-01 10:00:00" if cancelled else "1~"
    return f"{uuid_of(name)}~{emisor}~CAFE~EKU9003173C9~ESCUELA KEMPER URGATE~SPR190613I52~2026-03-05 10:00:00~2026-03-05 10:00:05~1160.00~{tipo}~{tail}"


def zip_of(files: Mapping[str, bytes | str], *, stored: bool = False) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()


def metadata(*lines: str) -> str:
    return "\r\n".join([HEAD, *lines]) + "\r\n"
