"""Customers, told by another system under a key of its own."""

from collections.abc import Sequence
from typing import Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from amate.customers.add import KeyTaken, RfcTaken
from amate.customers.current import current_of
from amate.customers.fingerprint import Changed, of_customer
from amate.customers.keep import HasAnotherKey, Told, customer_of_key, keep_customer
from amate.customers.models import Customer, FiscalProfile
from amate.customers.rules import is_real
from amate.customers.search import search
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.receptor import Receptor, ReceptorRefused, default_uso, read_receptor
from amate.fiscal.rfc import RfcRefused, read_rfc
from amate.web import clock
from amate.web.api.fields import MOST, After, Limit, Text, clean, conflict, cut, refused
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.problems import FAULTS, FieldError, NoSuchThing, Problem, SaleRefused
from amate.web.api.sale import ExternalId, Key, Strict
from amate.web.api.standing import has_tag
from amate.web.mail_address import MailField

router = Router(tags=["Clientes"])
JSON = "application/json; charset=utf-8"
# How the law's reader calls them, and where they stand in the request.
WHERE = {
    "rfc": ("fiscal", "rfc"),
    "nombre": ("nombre",),
    "cp": ("fiscal", "cp"),
    "domicilio_fiscal": ("fiscal", "cp"),
    "regimen_fiscal": ("fiscal", "regimen_fiscal"),
    "uso_cfdi": ("fiscal", "uso_cfdi"),
}
_mail = MailField(required=False)


class FiscalIn(Strict):
    """Como los tiene el SAT. El nombre va en `nombre`."""

    rfc: Key = Field(examples=["SDI190823KX4"])
    cp: Key = Field(description="De su domicilio fiscal", examples=["44160"])
    regimen_fiscal: Key = Field(description="c_RegimenFiscal", examples=["601"])
    uso_cfdi: Key | None = Field(None, description="c_UsoCFDI. Si falta, el más común de su régimen", examples=["G03"])


class CustomerIn(Strict):
    nombre: Annotated[str, StringConstraints(min_length=1, max_length=300)] = Field(
        description="Su nombre o razón social, sin S.A. de C.V.", examples=["SURCO DISEÑO"]
    )
    correo: Text | None = Field(None, description="Si falta, se queda el que tiene; vacío lo borra")
    telefono: Annotated[str, StringConstraints(max_length=30)] | None = Field(
        None, description="Se agrega a sus contactos, si no está"
    )
    fiscal: FiscalIn | None = Field(
        None, description="Si falta, sus datos fiscales y el nombre que va con ellos se quedan como están"
    )


class FiscalOut(Schema):
    rfc: str
    nombre: str
    cp: str
    regimen_fiscal: str
    uso_cfdi: str


class CustomerOut(Schema):
    """Un cliente. `external_id` es tu clave, vacía si nadie se la ha dado. `verified`: la empresa responde por sus datos."""

    number: int
    external_id: str
    nombre: str
    correo: str
    verified: bool
    fiscal: FiscalOut | None
    created_at: str


class CustomersOut(Schema):
    """`next`: envíalo en `after` y sigue; null si no hay más."""

    items: list[CustomerOut]
    next: int | None


@router.put(
    "/{external_id}",
    auth=BearerWithJson("customers:write"),
    response={
        200: CustomerOut,
        201: CustomerOut,
        **FAULTS,
        **dict.fromkeys((409, 412, 413, 415, 422), Problem),
    },
    summary="Dar de alta o cambiar un cliente (repetirlo no lo duplica)",
)
def put_customer(request: HttpRequest, external_id: ExternalId, said: CustomerIn) -> HttpResponse:
    """Si no conocemos tu clave y sí su RFC, le damos la clave a ese cliente. Manda `If-Match` con la `ETag` que leíste y, si
    alguien lo cambió desde entonces, responde 412 y no cambia nada."""
    told = Told(
        external_id=external_id,
        seen=_seen(request),
        telefono=said.telefono,
        **_read(said),
    )
    try:
        customer, new = keep_customer(told=told, now=clock.now())
    except Changed as changed:
        raise SaleRefused(
            status=412,
            title="Ese cliente ya no está como lo leíste",
            detail="Léelo otra vez, decide, y envíalo con su nueva ETag.",
        ) from changed
    except (RfcTaken, KeyTaken, HasAnotherKey) as taken:
        raise conflict("Ese RFC o esa clave ya es de otro cliente", str(taken)) from taken
    return _response(customer, status=201 if new else 200)


@router.get(
    "/{external_id}",
    auth=Bearer("customers:read"),
    response={200: CustomerOut, 304: None, **FAULTS, 422: Problem},
    summary="Un cliente",
)
def read_customer(request: HttpRequest, external_id: ExternalId) -> HttpResponse:
    found = customer_of_key(external_id)
    if found is None:
        raise NoSuchThing("No hay un cliente con esa clave", "Revisa la clave: es la que enviaste con PUT.")
    response = _response(found)
    return (
        HttpResponse(status=304, headers={"ETag": response["ETag"]}) if has_tag(request, response["ETag"]) else response
    )


@router.get(
    "",
    auth=Bearer("customers:read"),
    response={200: CustomersOut, **FAULTS, 422: Problem},
    summary="Clientes: todos, o los que se parecen a lo que buscas",
)
def list_customers(
    request: HttpRequest,
    q: Annotated[
        str | None, Query(max_length=100, description="Nombre, RFC, teléfono o correo; los primeros que se parecen")
    ] = None,
    after: After = None,
    limit: Limit = MOST,
) -> CustomersOut:
    if q is not None:
        if after is not None:
            raise SaleRefused(
                title="Revisa los datos de la solicitud",
                errors=[{"parameter": "after", "detail": "Una búsqueda no sigue: escribe más de lo que buscas"}],
            )
        found = search(text=q.replace("\0", ""), limit=limit)
        return CustomersOut(items=_items(found), next=None)
    rows = Customer.objects.live().filter(number__gt=after or 0).order_by("number")
    page, more = cut(list(rows[: limit + 1]), limit)
    return CustomersOut(items=_items(page), next=page[-1].number if more else None)


def _seen(request: HttpRequest) -> str | None:
    said = request.headers.get("If-Match")
    return None if said is None else said.strip().removeprefix("W/").strip('"')


def _read(said: CustomerIn) -> dict[str, Any]:
    """Raises SaleRefused with every field that is wrong."""
    errors: list[FieldError] = []
    nombre = clean("nombre", said.nombre, errors)
    if not nombre and not errors:
        errors.append(FieldError(("nombre",), "Escribe su nombre"))
    correo = said.correo
    try:
        correo = None if correo is None else _mail.clean(correo)
    except forms.ValidationError as wrong:
        errors.append(FieldError(("correo",), wrong.messages[0]))
    receptor = None if said.fiscal is None else _receptor(said.fiscal, said.nombre, errors)
    if errors:
        raise refused(errors)
    return {"nombre": nombre, "correo": correo, "receptor": receptor}


def _receptor(said: FiscalIn, nombre: str, errors: list[FieldError]) -> Receptor | None:
    # A name that the SAT accepted before is right, form of company and all.
    known = FiscalProfile.objects.current().filter(rfc=said.rfc.strip().upper()).first()
    keep = known is not None and is_real(known.rfc) and known.nombre == nombre.strip().upper()
    try:
        return read_receptor(
            rfc=said.rfc,
            nombre=nombre,
            domicilio_fiscal=said.cp,
            regimen_fiscal=said.regimen_fiscal,
            uso_cfdi=said.uso_cfdi or _uso(said),
            catalogs=catalogs_in_force(),
            keep_suffix=keep,
        ).receptor
    except ReceptorRefused as wrong:
        errors += [FieldError(WHERE.get(name, (name,)), text) for name, text in wrong.errors.items()]
        return None


def _uso(said: FiscalIn) -> str:
    try:
        return default_uso(said.regimen_fiscal, read_rfc(said.rfc).persona)
    except RfcRefused:  # told by itself
        return "S01"


def _response(customer: Customer, *, status: int = 200) -> HttpResponse:
    current = current_of(customer)
    answer = HttpResponse(_out(customer, current).model_dump_json(), status=status, content_type=JSON)
    answer["ETag"] = f'"{of_customer(customer, current)}"'
    return answer


def _items(rows: Sequence[Customer]) -> list[CustomerOut]:
    profiles = FiscalProfile.objects.current().filter(customer__in=[one.pk for one in rows])
    known = {one.customer_id: one for one in profiles}
    return [_out(one, known.get(one.pk)) for one in rows]


def _out(customer: Customer, current: FiscalProfile | None) -> CustomerOut:
    return CustomerOut(
        number=customer.number,
        external_id=customer.external_id,
        nombre=customer.nombre,
        correo=customer.correo,
        verified=customer.verified_at is not None,
        fiscal=None
        if current is None
        else FiscalOut(
            rfc=current.rfc,
            nombre=current.nombre,
            cp=current.domicilio_fiscal,
            regimen_fiscal=current.regimen_fiscal,
            uso_cfdi=current.uso_cfdi,
        ),
        created_at=customer.created_at.isoformat(),
    )
