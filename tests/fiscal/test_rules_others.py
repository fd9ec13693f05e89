"""What only others write: sales on a third party's account, customs numbers, parts (CFDI40187-40200)."""

import pytest

from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.altered import codes, findings
from tests.fiscal.documents import invoice

SOUND = seal(invoice(), minting.csd()).xml
TERCERO = (
    '<cfdi:ACuentaTerceros RfcACuentaTerceros="SAT970701NN3" NombreACuentaTerceros="EL TERCERO" '
    'RegimenFiscalACuentaTerceros="603" DomicilioFiscalACuentaTerceros="06300"/>'
)
PEDIMENTO = '<cfdi:InformacionAduanera NumeroPedimento="15  48  3009  0001234"/>'
PARTE = (
    '<cfdi:Parte ClaveProdServ="81112101" Cantidad="2" Descripcion="x" ValorUnitario="10.00" Importe="20.00">'
    f"{PEDIMENTO}</cfdi:Parte>"
)


def with_node(node: str, *, foreign_trade: bool = False) -> bytes:
    xml = SOUND.replace(b"</cfdi:Concepto>", f"{node}</cfdi:Concepto>".encode(), 1)
    if foreign_trade:
        trade = '<cfdi:Complemento><c:ComercioExterior xmlns:c="http://www.sat.gob.mx/ComercioExterior20"/></cfdi:Complemento>'
        xml = xml.replace(b"</cfdi:Comprobante>", f"{trade}</cfdi:Comprobante>".encode())
    return xml


@pytest.mark.parametrize("node", [TERCERO, PEDIMENTO, PARTE, TERCERO + PEDIMENTO + PARTE])
def test_sound_nodes_of_others_are_left_alone(node: str) -> None:
    assert codes(xml=with_node(node)) == []


@pytest.mark.parametrize(
    ("node", "old", "new", "code"),
    [
        (TERCERO, "SAT970701NN3", "SAT970231NN3", "CFDI40187"),
        (TERCERO, "SAT970701NN3", "EKU9003173C9", "CFDI40188"),
        (TERCERO, "SAT970701NN3", "MCI7306249Y1", "CFDI40188"),
        (TERCERO, '"603"', '"628"', "CFDI40191"),
        (TERCERO, '"06300"', '"19999"', "CFDI40193"),
        (PEDIMENTO, "15  48", "15 48", "CFDI40194"),
        (PARTE, "81112101", "00000001", "CFDI40196"),
        (PARTE, '"10.00"', '"0"', "CFDI40197"),
        (PARTE, '"20.00"', '"35.00"', "CFDI40198"),
        (PARTE, "15  48", "15 48", "CFDI40199"),
    ],
)
def test_each_is_held_to_its_rule(node: str, old: str, new: str, code: str) -> None:
    found = [one for one in findings(xml=with_node(node.replace(old, new))) if one.severity == "error"]
    assert code in [one.code for one in found]
    assert all(one.where.startswith("Conceptos/Concepto/") for one in found)


@pytest.mark.parametrize(("node", "code"), [(PEDIMENTO, "CFDI40195"), (PARTE, "CFDI40200")])
def test_a_pedimento_does_not_go_with_foreign_trade(node: str, code: str) -> None:
    assert codes(xml=with_node(node, foreign_trade=True)) == [code]
