"""What may go wrong at the API's door, and how each field is named: RFC 9457 with JSON pointers (RFC 6901)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ninja import Schema


class ScopeMissing(Exception):
    """The key is good, but not for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class WrongMediaType(Exception):
    """The body is announced as something else than what is taken here; the message (Spanish) says what is."""

    def __init__(self, way: str = "Usa la cabecera Content-Type: application/json.") -> None:
        super().__init__(way)


class TooOften(Exception):
    """This key asked for it as often as it may; `seconds` until it may again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class NoSuchThing(Exception):
    """Nothing of this company has that name; what belongs to others looks exactly the same."""

    def __init__(self, title: str, detail: str) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail


@dataclass(frozen=True, slots=True)
class FieldError:
    """`where` is the path in the body: ("lines", 0, "precio")."""

    where: tuple[str | int, ...]
    detail: str

    def as_json(self) -> dict[str, str]:
        return {"pointer": pointer(self.where), "detail": self.detail}


class SaleRefused(Exception):
    """The sale was not registered; `more` are the members of the problem that help to mend it."""

    def __init__(self, *, title: str, detail: str = "", status: int = 422, **more: Any) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.status = status
        self.more = more

    @classmethod
    def at(cls, errors: Sequence[FieldError], **more: Any) -> "SaleRefused":
        return cls(title="Revisa los datos de la venta", errors=[error.as_json() for error in errors], **more)


def pointer(where: Iterable[str | int]) -> str:
    """
    >>> pointer(("lines", 0, "precio")), pointer(("a/b", "c~d")), pointer(())
    ('/lines/0/precio', '/a~1b/c~0d', '')
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in where)


# pydantic's messages are English and about Python; these are for whoever connects a till.
SENTENCES = {
    "missing": "Falta este campo",
    "extra_forbidden": "No conocemos este campo: quítalo o revisa cómo se escribe",
    "string_type": "Escríbelo como texto, entre comillas",
    "string_unicode": "Este texto trae un carácter roto: envíalo en UTF-8",
    "bool_type": "Es true o false, sin comillas",
    "list_type": "Es una lista, entre corchetes",
    "model_attributes_type": "Es un objeto, entre llaves",
    "model_type": "Es un objeto, entre llaves",
    "dict_type": "Es un objeto, entre llaves",
    "timezone_aware": "Falta la zona: escribe 2026-11-21T14:07:00-06:00",
}
COUNTED = {
    "too_short": "Faltan elementos: lleva al menos {min_length}",
    "too_long": "Sobran elementos: caben {max_length}",
    "string_too_short": "Le faltan caracteres: lleva al menos {min_length}",
    "string_too_long": "Le sobran caracteres: caben {max_length}",
}
DATES = "Es una fecha con hora y zona, como 2026-11-21T14:07:00-06:00"
OTHER = "No tiene la forma que describe /api/v1/openapi.json"


def field_errors(found: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """ninja's findings as `errors` of the problem: `pointer` into the body, or the `parameter` of the address."""
    return [_field_error(error) for error in found]


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    place, *where = error["loc"]
    detail = _sentence(error)
    if place == "body":  # the next step is the name of our argument, which nobody outside knows
        return {"pointer": pointer(where[1:]), "detail": detail}
    return {"parameter": str(where[-1]) if where else str(place), "detail": detail}


def _sentence(error: dict[str, Any]) -> str:
    kind = error["type"]
    if kind == "literal_error":
        return f"Escribe uno de estos: {error['ctx']['expected'].replace(' or ', ' o ')}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in COUNTED:
        return COUNTED[kind].format(**error["ctx"])
    if kind.startswith("datetime"):
        return DATES
    return SENTENCES.get(kind, OTHER)


class ErrorAt(Schema):
    detail: str
    pointer: str | None = None
    parameter: str | None = None


class Problem(Schema):
    """RFC 9457. `errors` names each field; `said` and `computed` come with a total that does not add up."""

    type: str
    title: str
    status: int
    request_id: str
    detail: str | None = None
    errors: list[ErrorAt] | None = None
    said: str | None = None
    computed: str | None = None
    scope: str | None = None


FAULTS = dict.fromkeys((400, 401, 403, 404, 405, 500), Problem)
"""What any operation may answer besides its own."""
