"""Which secret signs sessions and the links in mails: every machine of an installation needs the same one."""

import hmac
from hashlib import sha256

from django.conf import settings

from amate.access.models import SigningKey


class AnotherSigningKey(Exception):
    """This machine would write links that the others do not believe, and forget who is logged in there."""

    def __init__(self) -> None:
        super().__init__(
            "La llave que firma sesiones y enlaces (AMATE_SECRET_KEY) no es la de esta instalación: los enlaces de los "
            "correos que esta máquina escriba no valdrían en las otras. Copia la keys/secret-key de la máquina que ya "
            f"trabajaba a {settings.HOME / 'keys'}, o nómbrala en AMATE_SECRET_KEY_FILE. Si la cambiaste a propósito en "
            "todas, corre aquí `amate secrets adopt`."
        )


def keep_signing_key() -> None:
    """Ours is the installation's from now on."""
    SigningKey.objects.update_or_create(pk=1, defaults={"fingerprint": _fingerprint()})


def refuse_another_signing_key() -> None:
    """Raises AnotherSigningKey. Before the first `amate migrate` has kept one, every key will do."""
    if SigningKey.objects.exclude(fingerprint=_fingerprint()).exists():
        raise AnotherSigningKey


def signing_key_is_kept() -> bool:
    return SigningKey.objects.exists()


def _fingerprint() -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"amate: which key signs", sha256).hexdigest()
