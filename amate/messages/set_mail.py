"""The company says how its mails leave; what waited for that goes out at once."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from amate.adapters.messages import SMTP
from amate.adapters.messages.providers import PROVIDERS
from amate.audit.record import record
from amate.companies.secrets import seal
from amate.messages.models import MailSettings
from amate.messages.way import SECRET, SIGNING
from amate.promises.lease import retry_all

ALARM = "mail"  # of Promise.alarm: a person must mend how mails leave
# Who could change where a kept password goes could read it: it has to be typed again.
TYPE_IT_AGAIN = "Escribe la contraseña: al cambiar de servidor o de usuario se pide otra vez"
_DOOR = ("way", "host", "port", "tls", "user", "region")


class MailRefused(ValueError):
    """`errors`: {field: sentence}. Nothing was written."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class MailChanged(RuntimeError):
    """Somebody saved since the form was shown. Nothing was written."""


@dataclass(frozen=True, slots=True)
class MailFacts:
    """As MailSettings keeps them. An empty `secret` or `signing` keeps the one there is."""

    way: str
    sender: str = ""
    reply_to: str = ""
    host: str = ""
    port: int = 587
    tls: str = "starttls"
    user: str = ""
    domain: str = ""
    region: str = ""
    secret: str = field(default="", repr=False)
    signing: str = field(default="", repr=False)
    usted: bool = False


def set_mail(*, facts: MailFacts, version: int, now: datetime) -> MailSettings:
    """Keep it, its secrets sealed. `version`: of the row that the form showed, 0 for none.

    Raises MailRefused, and MailChanged if the row has another version by now.
    """
    kept: MailSettings | None = MailSettings.objects.select_for_update(no_key=True).first()
    if (kept.version if kept else 0) != version:
        raise MailChanged
    same_door = kept is not None and all(getattr(kept, name) == getattr(facts, name) for name in _DOOR)
    errors = _errors(facts, has_secret=same_door and bool(kept and kept.sealed_secret))
    if errors:
        raise MailRefused(errors)
    if kept is None:
        kept = MailSettings(notice_seed=secrets.token_hex(16), version=0)
    if not same_door:
        kept.sealed_secret = b""
    if kept.way != facts.way:
        kept.sealed_signing = b""
    for name in ("way", "sender", "reply_to", "host", "port", "tls", "user", "domain", "region", "usted"):
        setattr(kept, name, getattr(facts, name))
    if facts.secret:
        kept.sealed_secret = seal(facts.secret.encode(), field=SECRET)
    if facts.signing:
        kept.sealed_signing = seal(facts.signing.encode(), field=SIGNING)
    kept.version, kept.changed_at = kept.version + 1, now
    kept.save()
    record("mail.set", about=f"mail:{kept.pk}", now=now, way=kept.get_way_display(), sender=kept.sender, host=kept.host)
    retry_all(alarms=(ALARM,), now=now)
    return kept


def _errors(facts: MailFacts, *, has_secret: bool) -> dict[str, str]:
    if facts.way == MailSettings.HOUSE:
        return {}
    errors = {} if facts.sender else {"sender": "Escribe con qué dirección salen tus correos"}
    lacks_secret = not facts.secret and not has_secret
    if facts.way == SMTP:
        if not facts.host:
            errors["host"] = "Escribe el nombre de tu servidor, como smtp.tudominio.mx"
        if facts.user and lacks_secret:
            errors["secret"] = TYPE_IT_AGAIN
        if facts.secret and not facts.user:
            errors["user"] = "Escribe el usuario de esa contraseña"
        return errors
    provider = PROVIDERS[facts.way]
    if lacks_secret:
        errors["secret"] = f"Escribe la {provider.key_label.lower()} de {provider.name}"
    if provider.user and not facts.user:
        errors["user"] = f"{provider.name} usa dos claves: escribe aquí la primera ({provider.user_label.lower()})"
    return errors
