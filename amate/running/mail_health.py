"""What `amate doctor` finds out about mail: each way in is tried as far as one can without sending anything."""

import asyncio
from collections.abc import Iterator

from django.conf import settings

from amate.adapters.messages import MessengerUnavailable
from amate.adapters.messages.email import Smtp
from amate.companies.models import Company
from amate.companies.secrets import WrongMasterKey
from amate.messages.way import Way, way_out
from amate.running.verdict import Verdict
from amate.tenancy.scope import company_scope
from amate.worker.plugs import open_messenger

SECONDS = 8


def look_at_house_mail() -> Verdict:
    try:
        asyncio.run(Smtp(settings.SMTP_URL, seconds=SECONDS).check())
    except MessengerUnavailable as away:
        mend = "Revisa AMATE_SMTP_URL (servidor, usuario y contraseña). Las facturas se emiten; los correos esperan."
        return Verdict("Correo", str(away), mend)
    return Verdict("Correo", "el servidor nos deja entrar")


def look_at_company_mails() -> Iterator[Verdict]:
    """Of each company that sends by an account of its own."""
    for company in Company.objects.order_by("slug"):
        what = f"Correo de /f/{company.slug}/"
        try:
            with company_scope(company.pk):
                way = way_out(house_sender=settings.MAIL_FROM)
        except WrongMasterKey as closed:
            yield Verdict(what, "no se puede abrir su contraseña", str(closed))
            continue
        if way.account is not None:
            yield _own_account(what, way)


def look_at_sender() -> Verdict:
    """No resolver is among our dependencies, so we say what to look up instead of guessing at it."""
    domain = settings.MAIL_FROM.rpartition("@")[2]
    said = f"los correos salen de {domain}: comprueba en su DNS los registros TXT de SPF ({domain}), DMARC (_dmarc.{domain}) "
    return Verdict("Remitente", said + "y DKIM (el que te da tu proveedor de correo); sin ellos caen en no deseados")


def _own_account(what: str, way: Way) -> Verdict:
    assert way.account is not None
    messenger = open_messenger(way.account, private=frozenset(settings.PRIVATE_MAIL_HOSTS))
    if not isinstance(messenger, Smtp):
        # A provider's key shows whether it is good only when something is sent with it.
        return Verdict(what, f"sale por {way.account.way}; se prueba con Ajustes → Correo → Enviar prueba")
    try:
        asyncio.run(messenger.check())
    except MessengerUnavailable as away:
        mend = "Corrígelo en Ajustes → Correo. Las facturas de esa empresa se emiten; sus correos esperan."
        return Verdict(what, str(away), mend)
    return Verdict(what, "su servidor nos deja entrar")
