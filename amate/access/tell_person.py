"""A person is told by mail that something of the account changed; who did not do it can still act."""

from datetime import datetime

from amate.access.models import User
from amate.promises.kinds import MAIL
from amate.promises.promise import promise

# What happened, in the words of the mail (messages/mail_account.py).
NOTICES = {
    "password_changed": "Se cambió la contraseña de tu cuenta.",
    "second_step_added": "Se agregó una verificación en dos pasos a tu cuenta.",
    "second_step_removed": "Se quitó una verificación en dos pasos de tu cuenta.",
    "second_step_reset": "Quien administra tu empresa quitó la verificación en dos pasos de tu cuenta. Al entrar puedes activarla otra vez.",
    "codes_made": "Se hicieron códigos de recuperación nuevos para tu cuenta. Los anteriores ya no sirven.",
    "mail_changed": "El correo con el que entras a tu cuenta cambió. Este ya no sirve para entrar.",
}


def tell_person(*, user: User, notice: str, now: datetime, to: str = "") -> None:
    """Owe the mail, inside the scope of a company of that person. `to`: an address that the account had before."""
    assert notice in NOTICES, notice
    key = f"account:{user.pk}:{notice}:{int(now.timestamp() * 1000)}"
    promise(
        "tell_person",
        key=key,
        now=now,
        priority=MAIL,
        message=key,
        user_id=user.pk,
        notice=notice,
        to=to or user.email,
        moment=now.isoformat(),
    )
