"""A good stamp made bad, in the ways a client must notice (ENGINE SIM-8)."""

from uuid import uuid4

from lxml import etree

from amate.sandbox.pac.schema import CFDI
from amate.sandbox.pac.timbre import TIMBRE, Signer


def spoil(stamped: bytes, *, kinds: frozenset[str], signer: Signer) -> bytes:
    """`other_tfd`, `foreign_uuid`, `wrong_sello_sat`, `altered_xml`; the rest of `kinds` is not its business."""
    if not kinds & {"other_tfd", "foreign_uuid", "wrong_sello_sat", "altered_xml"}:
        return stamped
    root = etree.fromstring(stamped)
    timbre = root.find(f"{{{CFDI}}}Complemento/{TIMBRE}")
    receptor = root.find(f"{{{CFDI}}}Receptor")
    if timbre is None or receptor is None:
        raise LookupError("this CFDI was not stamped here")
    if "other_tfd" in kinds:
        said = {str(name): str(value) for name, value in timbre.attrib.items()}
        again = signer.again(said, sello=said["SelloCFD"][::-1])
        for name, value in again.items():
            timbre.set(name, value)
    if "foreign_uuid" in kinds:
        said = {str(name): str(value) for name, value in timbre.attrib.items()}
        for name, value in signer.again({**said, "UUID": str(uuid4()).upper()}, sello=said["SelloCFD"]).items():
            timbre.set(name, value)
    if "wrong_sello_sat" in kinds:
        sello = str(timbre.get("SelloSAT"))
        timbre.set("SelloSAT", ("B" if sello[0] == "A" else "A") + sello[1:])
    if "altered_xml" in kinds:
        receptor.set("Nombre", f"{receptor.get('Nombre')} X")
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
