"""What the SAT and the customers know of the company changes."""

from dataclasses import dataclass
from datetime import datetime

from amate.audit.record import record
from amate.companies.fields import FieldsRefused, cleaned
from amate.companies.found import RegimenRefused, check_regimen
from amate.companies.models import Csd, Emisor
from amate.fiscal.razon_social import normalise_name
from amate.fiscal.rfc import read_rfc
from amate.promises.lease import retry_all

SUSPENSION = "suspended"  # the alarm of promises that wait for it to be lifted
SUSPENDED = (
    "El SAT suspendió la emisión de esta empresa: nada se sella ni se envía. Cuando lo aclares, quita la marca en "
    "Ajustes › Empresa y lo pendiente sale solo."
)


@dataclass(frozen=True, slots=True)
class EmisorFacts:
    """`nombre` as it was typed: its company form is taken off, as the SAT lists it (CFDI40139)."""

    rfc: str
    nombre: str
    regimen_fiscal: str
    nombre_comercial: str
    telefono: str
    correo: str
    usual_iva: str
    issuing_suspended: bool


class EmisorRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field. Nothing was written."""


def change_emisor(*, facts: EmisorFacts, now: datetime) -> Emisor:
    """Raises EmisorRefused, and fiscal.rfc.RfcRefused for an RFC of nobody.

    The RFC is open to correction until the first CSD is kept: from then on invoices carry it.
    """
    emisor = Emisor.locked(Emisor.objects.get().pk)
    rfc = read_rfc(facts.rfc)
    errors: dict[str, str] = {}
    if rfc.value != emisor.rfc and rfc_is_settled():
        errors["rfc"] = f"El RFC ya no cambia: hay un sello digital de {emisor.rfc}. Otro RFC es otra empresa"
    if rfc.is_generic:
        errors["rfc"] = "Ese RFC es de público en general: escribe el de tu empresa"
    try:
        check_regimen(facts.regimen_fiscal, persona=rfc.persona)
    except RegimenRefused as refused:
        errors["regimen_fiscal"] = str(refused)
    nombre = cleaned("nombre", facts.nombre, errors)
    nombre = normalise_name(nombre, rfc.persona).nombre if "nombre" not in errors else ""
    wanted = {
        "rfc": rfc.value,
        "nombre": nombre,
        "regimen_fiscal": facts.regimen_fiscal,
        "nombre_comercial": cleaned("nombre_comercial", facts.nombre_comercial, errors) or nombre[:120],
        "telefono": cleaned("telefono", facts.telefono, errors),
        "correo": facts.correo,
        "usual_iva": facts.usual_iva,
        "issuing_suspended": facts.issuing_suspended,
    }
    if not nombre and "nombre" not in errors:
        errors["nombre"] = "Escribe el nombre como lo tiene el SAT"
    if errors:
        raise EmisorRefused(errors)
    before = {name: value for name in wanted if (value := getattr(emisor, name)) != wanted[name]}
    if before:
        Emisor.objects.filter(pk=emisor.pk).update(**wanted)
        record("emisor.changed", about="", now=now, before=before, after={name: wanted[name] for name in before})
    if "issuing_suspended" in before and not facts.issuing_suspended:
        retry_all(alarms=(SUSPENSION,), now=now)
    return Emisor.objects.get()


def change_texts(*, foot_note: str, welcome: str, now: datetime) -> None:
    """Raises EmisorRefused for what no paper can carry."""
    emisor = Emisor.locked(Emisor.objects.get().pk)
    errors: dict[str, str] = {}
    said = {"foot_note": cleaned("foot_note", foot_note, errors), "welcome": cleaned("welcome", welcome, errors)}
    if errors:
        raise EmisorRefused(errors)
    if any(getattr(emisor, name) != text for name, text in said.items()):
        Emisor.objects.filter(pk=emisor.pk).update(**said)
        record("emisor.texts_changed", about="", now=now, **said)


def rfc_is_settled() -> bool:
    return Csd.objects.exists()


def change_colour(*, colour: str, now: datetime) -> None:
    """`colour` as `#rrggbb`, already made readable by whoever showed it."""
    emisor = Emisor.locked(Emisor.objects.get().pk)
    if emisor.colour != colour:
        Emisor.objects.filter(pk=emisor.pk).update(colour=colour)
        record("emisor.colour_changed", about="", now=now, before=emisor.colour, after=colour)
