"""How a system that serves is called and where it is told, changed by a person."""

from datetime import datetime

from django.db import IntegrityError, transaction

from amate.audit.record import record
from amate.billing_cycle.service.add_switch import TAKEN, BadSwitch, check_addresses, terms_of_person
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.billing_cycle.service.want import owe_all_of


def change_switch(
    *, switch_id: int, name: str, now: datetime, url: str = "", observe_url: str = "", mail: str = ""
) -> SwitchAccount:
    """`mail`: who works it by hand; the links that another one got open nothing any more.

    One that had said that it wants to be told nothing more is told again from now on, beginning with what it lacks.
    Raises BadSwitch, SwitchAccount.DoesNotExist."""
    account = SwitchAccount.objects.select_for_update(no_key=True).get(pk=switch_id)
    account.name = name.strip()
    if not account.name:
        raise BadSwitch("name", "Ponle un nombre.")
    if account.kind == Switch.WEBHOOK:
        check_addresses(url, observe_url)
        account.url, account.observe_url = url, observe_url
    if account.kind == Switch.MANUAL:
        account.terms = terms_of_person(mail)
    account.disabled_at = account.rests_until = None
    try:
        with transaction.atomic():
            account.save(update_fields=["name", "url", "observe_url", "terms", "disabled_at", "rests_until"])
    except IntegrityError as same:
        raise BadSwitch("name", TAKEN) from same
    record("switch.changed", about=f"switch:{account.pk}", now=now, name=account.name)
    if account.kind != Switch.MANUAL:
        owe_all_of(switch_id=account.pk, now=now)
    found: SwitchAccount = account
    return found
