"""A system that serves: one that is told by signed notices, or one that a person works."""

from datetime import datetime

from django.conf import settings

from amate.access.wished_key import shows_again
from amate.audit.record import record
from amate.billing_cycle.service.accounts import keep_switch, key_of_wish
from amate.billing_cycle.service.models import Switch, SwitchAccount


class BadSwitch(Exception):
    """Nothing was kept. `field` and the message (Spanish) say what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


TAKEN = "Ya hay un sistema con ese nombre: ponle otro."


def add_switch(
    *, name: str, kind: Switch, url: str, observe_url: str, wish: str, now: datetime, mail: str = ""
) -> tuple[SwitchAccount, str]:
    """The system and the key that its people copy once; a system that a person works has none, and `mail`
    is who is written to. `wish`: of the page that
    asks; pressed twice it is one system, and both answers show its key. Raises BadSwitch, KeyWasMade."""
    name = name.strip()
    if not name:
        raise BadSwitch("name", "Ponle un nombre.")
    before = SwitchAccount.objects.filter(name=name).first()
    if before is not None:
        if before.wish != wish or before.key_made_at is None:
            raise BadSwitch("name", TAKEN)
        shows_again(before.key_made_at, now=now)
        return before, key_of_wish(wish) if before.kind == Switch.WEBHOOK else ""
    if kind == Switch.MANUAL:
        made = SwitchAccount.objects.create(
            name=name, kind=kind, terms=terms_of_person(mail), wish=wish, key_made_at=now, created_at=now
        )
        record("switch.kept", about=f"switch:{made.pk}", now=now, name=name)
        return made, ""
    if mail:
        raise BadSwitch("mail", "El correo es de quien lo hace a mano: a este sistema le avisamos nosotros.")
    check_addresses(url, observe_url)
    return keep_switch(name=name, url=url, observe_url=observe_url, wish=wish, now=now)


def terms_of_person(mail: str) -> dict[str, str]:
    """Of a system that a person works: who is written to, if anybody is."""
    return {"mail": mail} if mail else {}


def check_addresses(url: str, observe_url: str) -> None:
    """By what can be seen without asking anybody. Raises BadSwitch."""
    from amate.adapters.typed_url import UrlRefused, check  # it brings the client, which no page of the web needs

    for field, said in (("url", url), ("observe_url", observe_url)):
        if not said and field == "observe_url":
            continue
        try:
            check(said, private=frozenset(settings.PRIVATE_SWITCH_HOSTS))
        except UrlRefused as why:
            raise BadSwitch(field, str(why)) from why
