"""By which gateway a company's texts leave, and how many a month: nothing leaves without one."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from amate.adapters.messages.sms import BadTemplate, Gateway, check_gateway
from amate.audit.record import record
from amate.companies.secrets import seal, unseal
from amate.messages.models import TextSettings
from amate.messages.text_bound import is_spent
from amate.promises.lease import retry_all

KEY = "texts.key"
# Of promises that wait because the gateway refused the account.
ALARM = "texts"


class TextsChanged(RuntimeError):
    """Somebody saved since the form was shown. Nothing was written."""


def set_texts(*, gateway: Gateway, most_a_month: int | None, version: int, now: datetime) -> TextSettings:
    """The company's texts leave by this gateway from now on, at most so many segments a month. Without a key the one there
    is stays, as long as it goes to the same server.

    `version`: of the row that the form showed, 0 for none. Raises BadTemplate and TextsChanged.
    """
    row: TextSettings | None = TextSettings.objects.select_for_update(no_key=True).first()
    if (row.version if row else 0) != version:
        raise TextsChanged
    kept = row or TextSettings(version=0)
    keeps = not gateway.key and bool(kept.sealed_key)
    if keeps and _server(kept.shown["url"]) != _server(gateway.url):
        raise BadTemplate("La clave se pide otra vez: el servidor ya es otro.")
    check_gateway(replace(gateway, key="kept") if keeps else gateway)
    if not keeps:
        kept.sealed_key = seal(gateway.key.encode(), field=KEY) if gateway.key else b""
    facts = asdict(gateway) | {"success": sorted(gateway.success), "headers": dict(gateway.headers)}
    kept.shown = {name: value for name, value in facts.items() if name not in ("key", "private")}
    kept.most_a_month, kept.spent_in = most_a_month, None
    kept.version, kept.changed_at, kept.closed_at = kept.version + 1, now, None
    kept.save()
    record("texts.set", about=f"text_settings:{kept.pk}", now=now, host=_server(gateway.url), sender=gateway.sender)
    retry_all(alarms=(ALARM,), now=now)
    return kept


def close_texts(*, now: datetime) -> bool:
    """No more texts leave, and the key is forgotten. False: none did."""
    row = TextSettings.objects.select_for_update(no_key=True).filter(closed_at__isnull=True).first()
    if row is None:
        return False
    row.closed_at, row.changed_at, row.version, row.sealed_key = now, now, row.version + 1, b""
    row.save()
    record("texts.closed", about="text_settings", now=now)
    return True


def texts_leave(*, now: datetime) -> bool:
    """Not once the month's bound is reached: who would be texted is reached in another way."""
    return _open() is not None and not is_spent(now=now)


def open_gateway() -> Gateway | None:
    """The worker's only. None: the company sends no texts. Raises companies.secrets.WrongMasterKey."""
    row = _open()
    if row is None:
        return None
    key = unseal(bytes(row.sealed_key), field=KEY).decode() if row.sealed_key else ""
    facts: dict[str, Any] = dict(row.shown)
    facts |= {"success": frozenset(facts["success"]), "bad_number": tuple(facts["bad_number"])}
    return Gateway(**facts, key=key, private=frozenset(settings.PRIVATE_MAIL_HOSTS))


def _open() -> TextSettings | None:
    """A row of before `shown` says nothing that could be sent by."""
    found: TextSettings | None = TextSettings.objects.filter(closed_at__isnull=True).exclude(shown={}).first()
    return found


def _server(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}".lower()
