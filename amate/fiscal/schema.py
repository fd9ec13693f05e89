"""Structure of a CFDI: the SAT's XSD without its long enumerations, and frozensets for what was taken out (VAL-2, 3).

libxml2 walks an enumeration value by value, so the whole XSD costs hundreds of times more and gives the same verdict.
Built in memory from the schemas of the installed satcfdi; nothing of the SAT's is kept in the project.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

from lxml import etree

from amate.fiscal.catalogs import Catalogs
from amate.fiscal.rules.finding import Finding, error, note
from amate.fiscal.xml import CFDI, PAGOS, TFD, schema_root

LONGEST_ENUMERATION = 64
MOST = 200  # breaches that are told: each is looked for in the tree

_CATALOGS, _COMPROBANTE_XSD = "catCFDI.xsd", "cfdv40.xsd"
_ROOT = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="{cfdi}" schemaLocation="{root}/cfd/4/cfdv40.xsd"/>
<xs:import namespace="{pagos}" schemaLocation="{root}/cfd/Pagos/Pagos20.xsd"/>
<xs:import namespace="{tfd}" schemaLocation="{root}/cfd/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"/>
</xs:schema>"""

_TYPE_OPENS, _TYPE_CLOSES = b"<xs:simpleType ", b"</xs:simpleType>"
_VALUE, _VALUE_CLOSES = b"<xs:enumeration ", b"</xs:enumeration>"
_COUNTED = re.compile(rb"\[\^\|\]\{1,[0-9]+\}")
_WILDCARD_STRICT, _WILDCARD_LAX = b"<xs:any ", b'<xs:any processContents="lax" '

_SAT = "http://www.sat.gob.mx/"
_OURS = frozenset({CFDI, PAGOS, TFD})
_COMPROBANTE, _COMPLEMENTO = f"{{{CFDI}}}Comprobante", f"{{{CFDI}}}Complemento"
_HOLDERS = (_COMPLEMENTO, f"{{{CFDI}}}ComplementoConcepto")
_LISTED = {
    _COMPROBANTE: (("LugarExpedicion", "c_CodigoPostal"), ("Moneda", "c_Moneda")),
    f"{{{CFDI}}}Receptor": (("ResidenciaFiscal", "c_Pais"),),
    f"{{{CFDI}}}Concepto": (("ClaveProdServ", "c_ClaveProdServ"), ("ClaveUnidad", "c_ClaveUnidad")),
    f"{{{CFDI}}}Parte": (("ClaveProdServ", "c_ClaveProdServ"),),
    f"{{{PAGOS}}}Pago": (("MonedaP", "c_Moneda"),),
    f"{{{PAGOS}}}DoctoRelacionado": (("MonedaDR", "c_Moneda"),),
}


def structure(root: etree._Element, *, catalogs: Catalogs) -> list[Finding]:
    """Every breach of the schema, as 301. A complement whose schema we do not hold is only noted, not judged.

    The document's Addenda is not looked at: the SAT does not either.
    """
    if root.tag != _COMPROBANTE:
        return [error("301", ".", "Este XML no es un CFDI 4.0: su raíz debe ser Comprobante del espacio cfd/4.")]
    listed: list[etree._Element] = []
    holders: list[etree._Element] = []
    for element in root.iter(*_LISTED, *_HOLDERS):  # in one walk: each costs a third of the schema's own
        (holders if element.tag in _HOLDERS else listed).append(element)
    found = list(islice(_unlisted(listed, catalogs), MOST))
    schema = _schema()
    if not schema.validate(root):
        entries = islice(iter(schema.error_log), MOST)  # type: ignore[call-overload]
        found.extend(_explained(root, entry) for entry in entries)
    found.extend(islice(_foreign(holders), MOST))
    return found


def is_well_built(root: etree._Element) -> bool:
    """Only the stripped schema's verdict, for a document of ours: the rules check its keys, and it has nothing foreign."""
    return _schema().validate(root)


def compile_schema() -> etree.XMLSchema:
    """Strip and compile, about 10 signatures' worth of CPU. `structure` does it once a process."""
    base = schema_root()
    parser = etree.XMLParser(no_network=True, huge_tree=False)
    parser.resolvers.add(_Stripped())
    text = _ROOT.format(root=base, cfdi=CFDI, pagos=PAGOS, tfd=TFD)
    return etree.XMLSchema(etree.fromstring(text.encode(), parser))


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return compile_schema()


class _Stripped(etree.Resolver):
    """Hands libxml2 the SAT's own files, changed on the way."""

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override]
        path = Path(system_url)
        data = path.read_bytes()
        if path.name == _CATALOGS:
            data = without_long_enumerations(data)
        elif path.name == _COMPROBANTE_XSD:
            # Strict wildcards refuse every complement and addenda whose schema is not at hand.
            data = data.replace(_WILDCARD_STRICT, _WILDCARD_LAX)
        # libxml2 counts the letters again for the pattern: the length is a facet of its own beside each of these.
        return self.resolve_string(_COUNTED.sub(b"[^|]+", data), context, base_url=system_url)


def without_long_enumerations(xsd: bytes) -> bytes:
    """The schema without the values of any type that lists more than `LONGEST_ENUMERATION`.

    Works on the text: parsing the five megabytes would cost more than all the rest of starting up.
    """
    kept: list[bytes] = []
    at = 0
    while (start := xsd.find(_TYPE_OPENS, at)) >= 0:
        end = xsd.index(_TYPE_CLOSES, start)
        first = xsd.find(_VALUE, start, end)
        if first >= 0 and _is_long(xsd, first, end):
            if xsd.find(_VALUE_CLOSES, first, end) >= 0:
                raise RuntimeError("catCFDI.xsd of this satcfdi is written in another way: teach schema.py to read it")
            kept.append(xsd[at:first])
            at = xsd.rindex(b"/>", first, end) + 2
        else:
            kept.append(xsd[at:end])
            at = end
    kept.append(xsd[at:])
    return b"".join(kept)


def _is_long(xsd: bytes, first: int, end: int) -> bool:
    at = first
    for _ in range(LONGEST_ENUMERATION):
        at = xsd.find(_VALUE, at + 1, end)
        if at < 0:
            return False
    return True


# ------------------------------------------------------------ what was taken out


def _unlisted(elements: Iterable[etree._Element], catalogs: Catalogs) -> Iterator[Finding]:
    """Values that the SAT's schema would have refused in the enumerations we removed."""
    sets = {
        "c_CodigoPostal": catalogs.codigos_postales,
        "c_ClaveProdServ": catalogs.claves_prod_serv,
        "c_ClaveUnidad": catalogs.claves_unidad,
        "c_Moneda": catalogs.monedas,
        "c_Pais": catalogs.paises,
    }
    for element in elements:
        for attribute, catalog in _LISTED[element.tag]:
            value, keys = element.get(attribute), sets[catalog]
            if value is None or value in keys or " ".join(value.split()) in keys:
                continue
            yield error("301", path_of(element, attribute), f"“{value}” no es una clave de {catalog} del SAT.")


# ------------------------------------------------------------ saying it


def path_of(element: etree._Element, attribute: str | None = None) -> str:
    """`Conceptos/Concepto[2]/@Importe`: from the Comprobante, with a number where there are brothers."""
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None and (parent := node.getparent()) is not None:
        brothers = parent.findall(node.tag)
        name = etree.QName(node).localname
        steps.append(name if len(brothers) == 1 else f"{name}[{brothers.index(node) + 1}]")
        node = parent
    steps.reverse()
    if attribute is not None:
        steps.append(f"@{attribute}")
    return "/".join(steps) or "."


_SAYS = (
    ("is required but missing", "Falta el atributo {attribute}, que es obligatorio."),
    ("is not allowed", "El atributo {attribute} no existe en este nodo del CFDI 4.0."),
    ("[facet 'maxLength']", "“{value}” es más largo de lo que admite {attribute}."),
    ("[facet 'minLength']", "{attribute} está vacío: escribe un valor o quita el atributo."),
    ("[facet 'length']", "“{value}” no tiene el largo exacto que pide {attribute}."),
    ("[facet 'fractionDigits']", "“{value}” lleva más decimales de los que admite {attribute}."),
    ("[facet 'minInclusive']", "“{value}” es menor que el mínimo de {attribute}."),
    ("[facet 'enumeration']", "“{value}” no está en el catálogo del SAT de {attribute}."),
    ("attribute '", "“{value}” no tiene la forma que pide {attribute}."),
    ("Missing child element", "A {element} le falta un nodo obligatorio. El esquema dice: {said}"),
    ("This element is not expected", "El nodo {element} no va en este lugar."),
)


def _explained(root: etree._Element, entry: etree._LogEntry) -> Finding:
    said = entry.message
    attribute = said.split("attribute '", 1)[1].split("'", 1)[0] if "attribute '" in said else None
    element = _at(root, entry.path)
    value = element.get(attribute, "") if attribute is not None and element is not None else ""
    where = path_of(element, attribute) if element is not None else "."
    name = etree.QName(element).localname if element is not None else "el documento"
    for sign, sentence in _SAYS:
        if sign in said:
            shown = value if len(value) <= 60 else value[:57] + "…"
            return error("301", where, sentence.format(attribute=attribute, value=shown, element=name, said=said))
    return error("301", where, f"El esquema del SAT rechaza {name}: {said}")


def _at(root: etree._Element, path: str | None) -> etree._Element | None:
    if not path:
        return None
    try:
        found = root.getroottree().xpath(path, namespaces={"cfdi": CFDI, "pago20": PAGOS, "tfd": TFD})
    except etree.XPathError:  # a prefix of a foreign complement
        return None
    return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None


def _foreign(holders: Iterable[etree._Element]) -> Iterator[Finding]:
    for holder in holders:
        for child in holder:
            if not isinstance(child.tag, str):
                continue
            name = etree.QName(child)
            if name.namespace in _OURS:
                continue
            if (name.namespace or "").startswith(_SAT):
                yield note(
                    "VAL-2", path_of(child), f"El complemento {name.localname} no se revisó: aún no lo conocemos."
                )
            else:
                yield error("301", path_of(child), f"{name.localname} no es un complemento del SAT.")
