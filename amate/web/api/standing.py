"""May this customer be served?: for programs that ask before they serve, and for those that keep a copy."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from amate.billing_cycle.collection.changes import customers_changed
from amate.billing_cycle.collection.served import Answer, Line, answers_for
from amate.companies.day import zone_of_company
from amate.customers.models import Customer
from amate.reports.whose import ids_of_external_ids, ids_of_numbers, ids_of_references, ids_of_rfcs
from amate.web import clock
from amate.web.api.feed_cursor import BadCursor, FeedCursor, read_cursor
from amate.web.api.keys import Bearer
from amate.web.api.problems import FAULTS, Problem, SaleRefused
from amate.web.badge_token import badge_token

router = Router(tags=["Servicio"])
READ = Bearer("standing:read")
TTL = 60
MOST = 100
Number = Annotated[int, Field(ge=1, le=10**12)]
# No control characters: PostgreSQL has no place for NUL, and nobody's key has a line break.
Key = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
Rfc = Annotated[str, StringConstraints(min_length=12, max_length=13, pattern=r"^[A-Za-z0-9Ññ&]+$")]
Cursor = Annotated[str, StringConstraints(min_length=6, max_length=60, pattern=r"^[ac][0-9]+-[0-9]+-[0-9]+$")]


class ServiceOut(Schema):
    """`desired`: lo que debe estar, active, limited (más lento) o suspended; `actual`: lo que el otro sistema dijo, o null si no se sabe. `gen`
    crece con cada cambio: si dos respuestas difieren, vale la del número mayor. `reasons`: nonpayment, admin, abuse o
    pause."""

    external_id: str
    name: str
    desired: str
    actual: str | None
    gen: int
    settled: bool
    reasons: list[str]


class StandingOut(Schema):
    """Cómo está un cliente hoy. `standing`: current, in_term, in_grace, promised, exempt, suspendable o suspended.
    `served`: yes, partly o no; es lo que decide si se le atiende: solo es no si todos sus servicios están suspendidos.
    `balance` es lo que debe menos lo que tiene a favor. `gen` es la suma de las de sus servicios. `badge_url` es una imagen
    con la palabra de hoy, sin nombre ni montos, para ponerla en un ticket; cambia cada mes y deja de servir después."""

    customer: int
    standing: str
    served: str
    balance: str
    owed: str
    overdue: str
    oldest_due: str | None
    promised_until: str | None
    exempt_until: str | None
    gen: int
    services: list[ServiceOut]
    badge_url: str


class StandingsOut(Schema):
    """`missing` son las claves que no son de nadie, como `rfc:XAXX010101000`. `next` es el cursor con que se sigue: mientras
    `more` sea true hay más que leer ya; después, vuelve a preguntar con él cuando pasen `ttl` segundos."""

    items: list[StandingOut]
    missing: list[str]
    as_of: str
    ttl: int
    next: str | None
    more: bool


@router.get(
    "",
    auth=READ,
    response={200: StandingsOut, 304: None, **FAULTS, 422: Problem},
    summary="¿Se le atiende? De uno, de varios, de todos, o de quienes cambiaron",
)
def standing(
    request: HttpRequest,
    customer: Annotated[list[Number], Query(max_length=MOST, description="Número de cliente; se puede repetir")] = [],  # noqa: B006
    rfc: Annotated[list[Rfc], Query(max_length=MOST)] = [],  # noqa: B006
    external_id: Annotated[
        list[Key], Query(max_length=MOST, description="La clave del servicio o de la suscripción en tu sistema")
    ] = [],  # noqa: B006
    reference: Annotated[
        list[Key], Query(max_length=MOST, description="CLABE, referencia de efectivo o referencia numérica")
    ] = [],  # noqa: B006
    since: Annotated[
        Cursor | None, Query(description="El `next` de la respuesta anterior; sin él se leen todos los clientes")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> HttpResponse:
    """Con `customer`, `rfc`, `external_id` o `reference`, hasta 100 entre todas, responde de esos clientes; si una clave es
    de varios y entre todas suman más de 100 clientes, responde 422: pide menos claves, o por número de cliente. Sin ninguna,
    recorre a todos y después a quienes cambiaron: guarda `next` y envíalo en `since`. Un cliente puede venir más de una vez;
    ninguno que cambió deja de venir.

    Manda `If-None-Match` con la `ETag` anterior y responde 304 si nada cambió. Si no contesta, sigue atendiendo como en la
    última respuesta: más vale servir un rato a quien debe que cortar a quien pagó.
    """
    now = clock.now()
    asked = len(customer) + len(rfc) + len(external_id) + len(reference)
    if asked > MOST or (asked and since is not None):
        raise SaleRefused(
            title="Revisa los datos de la solicitud",
            errors=[
                {
                    "parameter": "since" if since is not None else "customer",
                    "detail": "since va solo, sin claves de clientes" if since is not None else f"Caben {MOST} claves",
                }
            ],
        )
    if asked:
        ids, missing = _named(customer, rfc, external_id, reference)
        return _answer(request, ids, missing=missing, cursor=None, more=False, now=now)
    return _feed(request, since, limit=limit, now=now)


def _named(
    numbers: list[int], rfcs: list[str], external_ids: list[str], references: list[str]
) -> tuple[list[int], list[str]]:
    """(ids in the order that they were asked for, what nobody has)."""
    by_number = {str(number): [pk] for number, pk in ids_of_numbers(numbers).items()} if numbers else {}
    upper = [one.upper() for one in rfcs]
    asked = [
        ("customer", [str(one) for one in numbers], by_number),
        ("rfc", upper, ids_of_rfcs(upper) if rfcs else {}),
        ("external_id", external_ids, ids_of_external_ids(external_ids) if external_ids else {}),
        ("reference", references, ids_of_references(references) if references else {}),
    ]
    ids, missing = [], []
    for name, said, found in asked:
        for one in said:
            ids += found.get(one, [])
            if one not in found:
                missing.append(f"{name}:{one}")
    whose = list(dict.fromkeys(ids))
    if len(whose) > MOST:  # one RFC may be of many: who is cut off here would seem to have been answered
        raise SaleRefused(
            title="Son demasiados clientes para una respuesta",
            errors=[
                {
                    "parameter": next(
                        name for name, said, found in asked if any(len(found.get(one, [])) > 1 for one in said)
                    ),
                    "detail": f"Esas claves son de más de {MOST} clientes: pide menos a la vez, o por número de cliente",
                }
            ],
        )
    return whose, list(dict.fromkeys(missing))


def _feed(request: HttpRequest, since: str | None, *, limit: int, now: datetime) -> HttpResponse:
    try:
        cursor = read_cursor(since) if since is not None else FeedCursor(True, now, now)
    except BadCursor:
        raise SaleRefused(
            title="Ese cursor no es de aquí",
            errors=[{"parameter": "since", "detail": "Envía el `next` que te dimos, o vuelve a leer todo sin `since`"}],
        ) from None
    if cursor.everybody:
        rows = Customer.objects.live().filter(pk__gt=cursor.after).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[: limit + 1])
    else:
        zone = zone_of_company()
        cursor = cursor if cursor.after else FeedCursor(False, cursor.since, now)
        ids = customers_changed(
            since=cursor.since,
            since_day=cursor.since.astimezone(zone).date(),
            today=now.astimezone(zone).date(),
            after=cursor.after,
            limit=limit + 1,
        )
    more = len(ids) > limit
    ids = ids[:limit]
    if more:
        after = FeedCursor(cursor.everybody, cursor.since, cursor.until, ids[-1])
    else:
        # From where this reading began: what changed while it went on is told by the next.
        began = cursor.since if cursor.everybody else cursor.until
        after = FeedCursor(False, began, began)
    return _answer(request, ids, missing=[], cursor=after, more=more, now=now)


def _answer(
    request: HttpRequest, ids: list[int], *, missing: list[str], cursor: FeedCursor | None, more: bool, now: datetime
) -> HttpResponse:
    """Its tag is of what it tells, not of when: the same facts are the same tag, whichever cursor comes with them."""
    company = request.company  # type: ignore[attr-defined]
    zone = zone_of_company()
    today = now.astimezone(zone).date()
    answers, numbers = answers_for(ids, today=today) if ids else {}, _numbers(ids)
    items = [_out(answers[pk], numbers[pk], url=_badge_url(company.slug, company.pk, answers[pk])) for pk in ids]
    told = [[one.model_dump() for one in items], missing]
    digest = sha256(json.dumps([told, more, cursor.everybody if cursor else None], sort_keys=True).encode()).hexdigest()
    tag = f'"{digest[:32]}"'
    if has_tag(request, tag):
        response = HttpResponse(status=304)
    else:
        whole = StandingsOut(
            items=items,
            missing=missing,
            as_of=now.astimezone(zone).isoformat(timespec="seconds"),
            ttl=TTL,
            next=cursor.written() if cursor else None,
            more=more,
        )
        response = HttpResponse(whole.model_dump_json(), content_type="application/json; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={TTL}"
    return response


def has_tag(request: HttpRequest, tag: str) -> bool:
    """Whether who asks has these very facts already."""
    return tag in [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]


def _numbers(ids: Iterable[int]) -> dict[int, int]:
    return dict(Customer.objects.filter(pk__in=ids).values_list("pk", "number"))


def _badge_url(slug: str, company_id: int, answer: Answer) -> str:
    token = badge_token(company_id=company_id, customer_id=answer.customer_id, today=answer.today)
    return f"{settings.PUBLIC_URL}{reverse('portal:badge', args=[slug, token])}"


def _out(answer: Answer, number: int, *, url: str) -> StandingOut:
    stand = answer.stand
    return StandingOut(
        customer=number,
        standing=stand.standing,
        served=answer.serve,
        balance=pesos(answer.balance),
        owed=pesos(stand.owed),
        overdue=pesos(stand.overdue_amount),
        oldest_due=stand.oldest_due.isoformat() if stand.oldest_due else None,
        promised_until=answer.promised.until.isoformat() if answer.promised else None,
        exempt_until=answer.exempt.until.isoformat() if answer.exempt else None,
        gen=answer.gen,
        services=[_service(one) for one in answer.lines],
        badge_url=url,
    )


def _service(line: Line) -> ServiceOut:
    return ServiceOut(
        external_id=line.external_id,
        name=line.name,
        desired=line.desired,
        actual=line.actual or None,
        gen=line.gen,
        settled=line.is_settled,
        reasons=[held.reason for held in line.holds],
    )


def pesos(amount: Decimal) -> str:
    return f"{amount:.2f}"
