"""What a column may hold, and how people name it: from the words at its head to the field it fills."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """`words`: heads that mean it, most certain first, as `plain` writes them."""

    name: str
    label: str
    words: tuple[str, ...]
    hint: str = ""


SALES = (
    Field(
        "external_id",
        "Clave única de la venta",
        ("external id", "id venta", "id de venta", "clave de venta", "id transaccion", "transaccion", "uuid venta", "id"),
        "Si no hay, usamos el folio",
    ),
    Field(
        "folio",
        "Folio de la nota",
        ("folio", "nota", "remision", "ticket", "no ticket", "num ticket", "numero de ticket", "comprobante", "folio venta"),
    ),
    Field(
        "codigo",
        "Código de facturación",
        ("codigo de facturacion", "codigo facturacion", "codigo de autofacturacion", "codigo de autofactura", "codigo autofactura", "codigo de factura", "codigo factura", "codigo del portal", "codigo portal"),
        "El que la caja imprimió sin conexión, de un bloque reservado para este origen; sin él damos uno nuevo",
    ),
    Field("fecha", "Fecha de la venta", ("fecha", "fecha de venta", "fecha y hora", "fecha hora", "dia", "date", "fecha emision")),
    Field("hora", "Hora", ("hora", "hora de venta", "time"), "Si va aparte de la fecha"),
    Field("sucursal", "Sucursal", ("sucursal", "tienda", "local", "almacen", "unidad de negocio", "branch"), "Su código, nombre o código postal"),
    Field("forma_pago", "Forma de pago", ("forma de pago", "forma pago", "tipo de pago", "metodo de pago", "medio de pago", "pago", "payment"), "Varias en una celda: Efectivo 50.00 + Tarjeta de débito 66.00"),
    Field("metodo_pago", "Método de pago (contado o crédito)", ("metodo pago sat", "metodo de pago sat", "metodopago", "metodo de pago", "metodo pago", "condiciones de pago", "condicion de pago", "venta a credito", "a credito"), "PUE o PPD; contado o crédito; sí o no"),
    Field("total", "Total de la venta", ("total", "total venta", "total de la venta", "gran total", "monto", "monto total", "total con iva", "total neto")),
    Field("producto", "Producto (tu clave)", ("producto", "clave", "sku", "codigo", "codigo producto", "clave producto", "articulo", "clave articulo", "codigo de barras")),
    Field("descripcion", "Descripción", ("descripcion", "concepto", "nombre", "nombre producto", "detalle", "nombre del producto")),
    Field("cantidad", "Cantidad", ("cantidad", "cant", "piezas", "unidades", "qty")),
    Field("precio", "Precio de una unidad", ("precio", "precio unitario", "p unitario", "valor unitario", "precio venta", "p u", "pu")),
    Field("importe", "Importe de la partida", ("importe", "importe partida", "subtotal partida", "total partida", "importe con iva")),
    Field("descuento", "Descuento de la partida", ("descuento", "desc", "rebaja")),
    Field("clave_prod_serv", "Clave del SAT del producto", ("clave sat", "clave prod serv", "claveprodserv", "clave producto sat", "codigo sat", "c claveprodserv")),
    Field("clave_unidad", "Clave del SAT de la unidad", ("clave unidad", "claveunidad", "clave unidad sat", "unidad sat")),
    Field("unidad", "Unidad", ("unidad", "unidad de medida", "um")),
    Field("iva", "Tasa de IVA", ("iva", "tasa iva", "tasa de iva", "porcentaje iva", "iva %"), "16, 8, 0 o exento; no su importe"),
    Field("ieps", "Tasa de IEPS", ("ieps", "tasa ieps", "tasa de ieps", "ieps %")),
)  # fmt: skip

PRODUCTS = (
    Field("key", "Tu clave del producto", ("clave", "sku", "codigo", "producto", "clave producto", "codigo producto", "clave articulo", "articulo", "codigo de barras", "id")),
    Field("descripcion", "Descripción", ("descripcion", "nombre", "concepto", "nombre producto", "nombre del producto")),
    Field("clave_prod_serv", "Clave del SAT del producto", ("clave sat", "clave prod serv", "claveprodserv", "clave producto sat", "codigo sat", "c claveprodserv")),
    Field("clave_unidad", "Clave del SAT de la unidad", ("clave unidad", "claveunidad", "clave unidad sat", "unidad sat")),
    Field("unidad", "Unidad", ("unidad", "unidad de medida", "um")),
    Field("precio", "Precio", ("precio", "precio venta", "precio unitario", "precio publico", "precio de venta")),
    Field("iva", "Tasa de IVA", ("iva", "tasa iva", "tasa de iva", "porcentaje iva", "iva %"), "16, 8, 0 o exento; no su importe"),
    Field("ieps", "Tasa de IEPS", ("ieps", "tasa ieps", "tasa de ieps", "ieps %")),
    Field("objeto_imp", "Objeto de impuesto", ("objeto de impuesto", "objeto imp", "objetoimp", "objeto impuesto")),
)  # fmt: skip

CUSTOMERS = (
    Field("rfc", "RFC", ("rfc", "rfc receptor", "rfc cliente", "registro federal de contribuyentes", "tax id")),
    Field("nombre", "Nombre o razón social", ("razon social", "nombre", "nombre fiscal", "nombre receptor", "cliente", "nombre cliente"), "Como está en el SAT"),
    Field("cp", "Código postal fiscal", ("codigo postal", "cp", "c p", "domicilio fiscal", "codigo postal fiscal", "cp fiscal")),
    Field("regimen_fiscal", "Régimen fiscal", ("regimen fiscal", "regimen", "regimenfiscal", "clave regimen"), "Su clave del SAT, como 601"),
    Field("uso_cfdi", "Uso del CFDI", ("uso cfdi", "uso de cfdi", "uso del cfdi", "usocfdi", "uso"), "Sin él, el más común de su régimen"),
    Field("correo", "Correo", ("correo", "email", "e mail", "correo electronico", "mail")),
    Field("telefono", "Teléfono", ("telefono", "tel", "celular", "movil", "phone", "telefono movil")),
)  # fmt: skip

BALANCES = (
    Field("cliente", "Cliente", ("rfc", "rfc cliente", "rfc receptor", "cliente", "numero de cliente", "no cliente", "nombre cliente", "razon social"), "Su RFC, su número o su nombre"),
    Field("referencia", "Folio o clave del adeudo", ("folio", "factura", "referencia", "documento", "numero de factura", "no factura", "invoice", "invoice id", "id")),
    Field("uuid", "Folio fiscal (UUID)", ("uuid", "folio fiscal"), "Si es de una factura PPD timbrada en otro sistema"),
    Field("saldo", "Saldo", ("saldo", "saldo pendiente", "saldo insoluto", "por cobrar", "adeudo", "balance", "importe", "monto"), "Lo que falta pagar; con signo menos, lo que tiene a favor"),
    Field("iva", "IVA que hay en el saldo", ("iva", "iva del saldo", "impuesto"), "En pesos, no la tasa"),
    Field("emision", "Fecha de emisión", ("fecha", "fecha de emision", "emision", "fecha emision", "fecha factura", "invoice date", "date")),
    Field("vence", "Fecha de vencimiento", ("vencimiento", "fecha de vencimiento", "vence", "fecha vencimiento", "due date"), "Sin ella, los días que das para pagar"),
    Field("concepto", "Concepto", ("concepto", "descripcion", "detalle")),
)  # fmt: skip

SUBSCRIBED = (
    Field("cliente", "Cliente", ("rfc", "rfc cliente", "rfc receptor", "cliente", "numero de cliente", "no cliente", "nombre cliente", "razon social"), "Su RFC, su número o su nombre"),
    Field("plan", "Plan", ("plan", "clave del plan", "clave plan", "paquete", "producto", "servicio", "package"), "Su clave o su nombre, como está en Planes"),
    Field("inicio", "Empezó el", ("inicio", "fecha de inicio", "fecha inicio", "desde", "alta", "fecha de alta", "start date")),
    Field("siguiente", "Próximo periodo por cobrar", ("siguiente", "proximo cobro", "proximo periodo", "siguiente cobro", "siguiente factura", "next due date", "next invoice date"), "El día en que empieza; los de antes ya se cobraron en otro lado"),
    Field("precio", "Precio de una unidad", ("precio", "precio unitario", "mensualidad", "renta", "recurring amount", "amount"), "Sin él, el del plan"),
    Field("cantidad", "Cantidad", ("cantidad", "cant", "unidades", "qty")),
    Field("fin", "Termina el", ("fin", "fecha fin", "fecha de fin", "hasta", "baja", "end date"), "El primer día sin servicio"),
    Field("etiqueta", "Cuál de varias", ("etiqueta", "dominio", "direccion", "instalacion", "domain")),
    Field("referencia", "Su clave en el otro sistema", ("referencia", "clave", "contrato", "id", "service id", "subscription id", "folio")),
)  # fmt: skip

FIELDS = {
    "sales": SALES,
    "products": PRODUCTS,
    "customers": CUSTOMERS,
    "balances": BALANCES,
    "subscribed": SUBSCRIBED,
    "cfdi": (),
}
NEEDED: dict[str, dict[str, str]] = {
    "cfdi": {},
    "subscribed": {"cliente": "el cliente", "plan": "el plan", "inicio": "el día en que empezó"},
    "balances": {"cliente": "el cliente", "saldo": "el saldo"},
    "products": {"key": "tu clave del producto", "descripcion": "la descripción"},
    "customers": {
        "rfc": "el RFC",
        "nombre": "el nombre",
        "cp": "el código postal",
        "regimen_fiscal": "el régimen fiscal",
    },
}
LABELS = {kind: {one.name: one.label for one in fields} for kind, fields in FIELDS.items()}


def plain(text: str) -> str:
    """
    >>> plain("  Núm. de TICKET "), plain("ClaveProdServ"), plain("% IVA")
    ('num de ticket', 'claveprodserv', 'iva')
    """
    bare = text.lower()
    if not bare.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFD", bare) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def head_names(cells: Sequence[str]) -> list[str]:
    """A name for every column: what its head says, its letter if it says nothing, counted if it says it again.

    >>> head_names(["Folio", "", "Total", "Total"])
    ['Folio', 'Columna B', 'Total', 'Total (2)']
    """
    names: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split())[:60] or f"Columna {letter(place)}"
        seen = names.count(name)
        names.append(f"{name} ({seen + 1})" if seen and f"{name} ({seen + 1})" not in names else name)
    return names


def letter(place: int) -> str:
    """
    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    said = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        said = chr(65 + rest) + said
    return said


def known_words(kind: str, cells: Sequence[str]) -> int:
    """How many cells are heads that we know: the row of heads is the one with most."""
    words = {word for one in FIELDS[kind] for word in one.words}
    return sum(plain(cell) in words for cell in cells if cell)


def propose(kind: str, names: Sequence[str]) -> dict[str, str]:
    """{field: column} from the heads. Whole heads first, then heads that contain the words; a column means one thing."""
    heads = {name: plain(name) for name in names}
    found: dict[str, str] = {}
    for fits in (_is, _begins, _contains):
        for one in FIELDS[kind]:
            if one.name in found:
                continue
            free = [name for name in names if name not in found.values()]
            match = next((name for word in one.words for name in free if fits(heads[name], word)), None)
            if match:
                found[one.name] = match
    return _one_total(kind, found)


def places_of(mapping: Mapping[str, str], names: Sequence[str]) -> dict[str, int]:
    """{field: place of its column}, of those that the file has. Heads may differ in case, accents and spaces."""
    heads = [plain(name) for name in names]
    places = {}
    for field, name in mapping.items():
        if name in names:
            places[field] = names.index(name)
        elif plain(name) in heads:
            places[field] = heads.index(plain(name))
    return places


def missing(kind: str, mapping: Collection[str]) -> list[str]:
    """What must still be said before rows can be read, in words."""
    if kind in NEEDED:
        lacks = [words for name, words in NEEDED[kind].items() if name not in mapping]
        if kind == "balances" and not {"referencia", "uuid"} & set(mapping):
            lacks.append("el folio del adeudo")
        return lacks
    wanted = []
    if not {"external_id", "folio"} & set(mapping):
        wanted.append("el folio de la nota")
    if "fecha" not in mapping:
        wanted.append("la fecha de la venta")
    if not {"total", "precio", "importe", "producto"} & set(mapping):
        wanted.append("el total, el precio o el importe")
    return wanted


def _one_total(kind: str, found: dict[str, str]) -> dict[str, str]:
    """“Importe” alone, with neither prices nor quantities, is the total of the sale."""
    if kind == "sales" and "total" not in found and "importe" in found and not {"precio", "cantidad"} & set(found):
        found["total"] = found.pop("importe")
    return found


def _is(head: str, word: str) -> bool:
    return head == word


def _begins(head: str, word: str) -> bool:
    return len(word) > 3 and head.startswith(word + " ")


def _contains(head: str, word: str) -> bool:
    return len(word) > 4 and f" {word} " in f" {head} "
