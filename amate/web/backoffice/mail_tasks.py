"""What mails and texts ask of a person, for the first page: what reached nobody, and what cannot leave at all."""

from datetime import datetime

from django.http import HttpRequest

from amate.access.may import MAY_CONFIGURE, MAY_RESEND
from amate.desk.mail_list import KINDS
from amate.messages.models import Message
from amate.messages.set_mail import ALARM
from amate.messages.text_bound import is_spent
from amate.promises.models import Promise
from amate.web.backoffice.attention import ToDo
from amate.web.backoffice.mails import page_about
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import may


def mail_tasks(request: HttpRequest, *, moment: datetime) -> list[ToDo]:
    return [*_shut(request), *_astray(request), *_spent(request, moment)]


def astray_keys() -> list[str]:
    """Of the promises that these tasks tell already."""
    return list(Message.objects.astray().values_list("key", flat=True)[:1000])


def _shut(request: HttpRequest) -> list[ToDo]:
    count = Promise.objects.failing().filter(alarm=ALARM).count()
    if not count:
        return []
    wait = "1 correo espera y saldrá solo" if count == 1 else f"{count} correos esperan y saldrán solos"
    url = address(request, "settings_mail" if may(request, MAY_CONFIGURE) else "pending")
    return [ToDo("bad", "i-stop", "Tus correos no salen", f"Revisa Ajustes › Correo. {wait}", "Revisar", url)]


def _astray(request: HttpRequest) -> list[ToDo]:
    if not may(request, MAY_RESEND):
        return []
    found = list(Message.objects.astray().only("kind", "about", "to").order_by("-id")[:100])
    if not found:
        return []
    text, why, button = f"{len(found)} correos no llegaron", "Sus direcciones no los reciben", "Enviar a otro correo"
    url = address(request, "mails") + "?ver=sin-llegar"
    if len(found) == 100:
        text = "100 correos o más no llegaron"
    if len(found) == 1:
        one = found[0]
        text, why = f"{KINDS.get(one.kind, 'Correo')} que no llegó a {one.to}", "Su dirección no la recibe"
        page = page_about(request, one.about)
        if one.kind == "invitation" or not page:  # to another address it is another invitation
            button = "Ver"
        else:
            url = page
    return [ToDo("bad", "i-stop", text, why, button, url)]


def _spent(request: HttpRequest, moment: datetime) -> list[ToDo]:
    if not may(request, MAY_CONFIGURE) or not is_spent(now=moment):
        return []
    why = "No sale otro hasta el mes siguiente: a quien toca un último aviso hay que llamarle"
    url = address(request, "settings_sms")
    return [ToDo("warn", "i-warn", "Se llegó al tope de SMS de este mes", why, "Revisar", url)]
