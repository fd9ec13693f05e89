"""A system that we tell in its own language: added and changed by a person, its passwords sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from amate.audit.record import record
from amate.billing_cycle.service.accounts import NAS, PASSWORD
from amate.billing_cycle.service.add_switch import TAKEN, BadSwitch
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.billing_cycle.service.want import owe_all_of
from amate.companies.secrets import seal

AGAIN = "Escribe otra vez la contraseña: la que tenemos era para la otra dirección."

NAS_ALONE = "Escribe el secreto que ese equipo comparte con tu RADIUS."


@dataclass(frozen=True, slots=True)
class Driver:
    """`password`, `nas_secret`: empty leaves the one that is kept, as long as it goes to the same address."""

    kind: Switch
    name: str
    url: str
    terms: Mapping[str, str]
    password: str = field(repr=False)
    nas_secret: str = field(default="", repr=False)


def add_driver(*, said: Driver, wish: str, now: datetime) -> SwitchAccount:
    """`wish`: of the page that asks; pressed twice it is one system. Raises BadSwitch."""
    _check(said)
    before: SwitchAccount | None = SwitchAccount.objects.filter(name=said.name).first()
    if before is not None:
        if before.wish != wish:
            raise BadSwitch("name", TAKEN)
        return before
    if not said.password:
        raise BadSwitch("password", "Escribe la contraseña.")
    if said.terms.get("nas_host") and not said.nas_secret:
        raise BadSwitch("nas_secret", NAS_ALONE)
    made: SwitchAccount = SwitchAccount.objects.create(
        name=said.name,
        kind=said.kind,
        url=said.url,
        terms=dict(said.terms),
        secret=seal(said.password.encode(), field=PASSWORD),
        nas_secret=seal(said.nas_secret.encode(), field=NAS) if said.nas_secret else None,
        wish=wish,
        created_at=now,
    )
    record("switch.kept", about=f"switch:{made.pk}", now=now, name=made.name)
    return made


def change_driver(*, switch_id: int, said: Driver, now: datetime) -> SwitchAccount:
    """What it lacks is told again from now on. A password never follows to another address or user by itself: whoever may
    change that would learn it there. Raises BadSwitch, SwitchAccount.DoesNotExist."""
    _check(said)
    account: SwitchAccount = SwitchAccount.objects.select_for_update(no_key=True).get(pk=switch_id, kind=said.kind)
    if not said.password and _goes_to(account.url, account.terms) != _goes_to(said.url, said.terms):
        raise BadSwitch("password", AGAIN)
    nas = said.terms.get("nas_host")
    if nas and not said.nas_secret and (account.nas_secret is None or account.terms.get("nas_host") != nas):
        raise BadSwitch("nas_secret", NAS_ALONE)
    account.name, account.url, account.terms = said.name, said.url, dict(said.terms)
    if said.password:
        account.secret = seal(said.password.encode(), field=PASSWORD)
    if said.nas_secret:
        account.nas_secret = seal(said.nas_secret.encode(), field=NAS)
    account.disabled_at = account.rests_until = account.tried_at = None
    account.failures = 0
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as same:
        raise BadSwitch("name", TAKEN) from same
    record("switch.changed", about=f"switch:{account.pk}", now=now, name=account.name)
    owe_all_of(switch_id=account.pk, now=now)
    return account


def _check_slower(terms: Mapping[str, str]) -> None:
    for slower, cut in (("slow_list", "list_name"), ("slow_group", "group")):
        if terms.get(slower) and terms[slower] == terms.get(cut):
            raise BadSwitch(slower, "Es la misma que corta: para ir más lento hace falta otra, o déjala vacía.")


def _goes_to(url: str, terms: Mapping[str, str]) -> tuple[str, ...]:
    """Where and as what a password is shown; otherwise it is typed again."""
    return (url, *(terms.get(one, "") for one in ("user", "back_url", "header", "proof")))


def _check(said: Driver) -> None:
    """By what can be seen without asking anybody. Raises BadSwitch."""
    # They bring the client, which no page of the web needs.
    from amate.adapters.switch import HttpAccount
    from amate.adapters.switch.plain_request import BadRequest, check_plain
    from amate.adapters.switch.radius_address import check_database
    from amate.adapters.switch.router_address import check_router
    from amate.adapters.switch.whm_address import check_token, check_whm
    from amate.adapters.typed_url import UrlRefused

    _check_slower(said.terms)
    private = frozenset(settings.PRIVATE_SWITCH_HOSTS)
    try:
        if said.kind == Switch.ROUTEROS:
            check_router(said.url, private=private)
        if said.kind == Switch.RADIUS:
            check_database(said.url)
        if said.kind == Switch.WHM:
            check_whm(said.url, private=private)
        if said.kind == Switch.HTTP:
            check_plain(HttpAccount(url=said.url, key=said.password, private=private, **said.terms))
    except UrlRefused as why:
        raise BadSwitch("url", str(why)) from why
    except BadRequest as why:
        raise BadSwitch(why.field, str(why)) from why
    if said.kind == Switch.WHM and not check_token(said.password):
        raise BadSwitch("password", "Un token no lleva espacios ni acentos: cópialo otra vez de WHM.")
