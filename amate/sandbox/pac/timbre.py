"""The TFD 1.1 that this PAC signs and puts into the CFDI (FISCAL CER-2)."""

import base64
from datetime import datetime
from uuid import uuid4

from lxml import etree

from amate.fiscal.csd import Csd, private_key_der
from amate.sandbox.mint import NO_VALIDITY, Minted
from amate.sandbox.pac.schema import CFDI
from amate.sandbox.pac.zones import CENTRAL

TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
TIMBRE = f"{{{TFD}}}TimbreFiscalDigital"

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_LOCATION = f"{TFD} http://www.sat.gob.mx/sitio_internet/cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"


class Signer:
    """The PAC's certificate with its key in memory."""

    def __init__(self, pac: Minted) -> None:
        self._csd = Csd.load(cer=pac.cer, private_key_der=private_key_der(key=pac.key, password=pac.password))
        rfc = self._csd.certificate.rfc_pac
        if rfc is None:
            raise ValueError("the certificate is not a PAC's: its OU must be PAC followed by an RFC")
        self._rfc = rfc

    def timbre(self, *, sello: str, now: datetime) -> dict[str, str]:
        """The attributes of a fresh TFD, in the order of its cadena."""
        return self._signed(
            {
                "Version": "1.1",
                "UUID": str(uuid4()).upper(),
                "FechaTimbrado": now.astimezone(CENTRAL).strftime("%Y-%m-%dT%H:%M:%S"),
                "RfcProvCertif": self._rfc,
                "Leyenda": NO_VALIDITY,
                "SelloCFD": sello,
                "NoCertificadoSAT": self._csd.no_certificado,
            }
        )

    def again(self, said: dict[str, str], *, sello: str) -> dict[str, str]:
        """The same stamp on another document's Sello: only a fault wants this."""
        order = ("Version", "UUID", "FechaTimbrado", "RfcProvCertif", "Leyenda", "SelloCFD", "NoCertificadoSAT")
        return self._signed({name: sello if name == "SelloCFD" else said[name] for name in order})

    def _signed(self, said: dict[str, str]) -> dict[str, str]:
        return {**said, "SelloSAT": base64.b64encode(self._csd.sign(cadena_of(said).encode())).decode()}


def cadena_of(said: dict[str, str]) -> str:
    """The cadena original of a TFD whose attributes stand in its order."""
    return "||" + "|".join(value for name, value in said.items() if name != "SelloSAT") + "||"


def put(root: etree._Element, said: dict[str, str]) -> bytes:
    """The stamped XML: the TFD inside Complemento, which stands before an Addenda. Changes `root`."""
    complemento = root.find(f"{{{CFDI}}}Complemento")
    if complemento is None:
        complemento = etree.Element(f"{{{CFDI}}}Complemento")
        addenda = root.find(f"{{{CFDI}}}Addenda")
        root.insert(len(root) if addenda is None else root.index(addenda), complemento)
    node = etree.SubElement(complemento, TIMBRE, nsmap={"tfd": TFD})
    node.set(f"{{{_XSI}}}schemaLocation", _LOCATION)
    for name, value in said.items():
        node.set(name, value)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
