"""Why a mail did not leave, in words: what happened and what mends it."""

from amate.adapters.messages import Cause

WORDS: dict[str, tuple[str, str]] = {
    Cause.ADDRESS: ("El servidor no acepta esa dirección", "Revisa cómo está escrita o envíalo a otra."),
    Cause.LOGIN: (
        "No acepta tu usuario, tu contraseña o tu clave",
        "Cópialos otra vez de tu servidor o proveedor; si pide contraseña de aplicación, usa esa.",
    ),
    Cause.TLS: (
        "El modo de cifrado no coincide con el del servidor",
        "Con el puerto 587 suele ser STARTTLS y con el 465, TLS desde el inicio. También pasa si su certificado venció.",
    ),
    Cause.SENDER: (
        "No te deja enviar con ese remitente",
        "Verifica el dominio o la dirección con tu proveedor, o escribe un remitente que ya esté verificado.",
    ),
    Cause.PRIVATE: ("No está permitido conectarse a ese servidor", "Usa un puerto y un servidor públicos de correo."),
    Cause.SERVER: ("No encontramos ese servidor", "Revisa el nombre y el puerto, y que acepte conexiones de fuera."),
    Cause.SILENT: ("No contestó a tiempo", "Puede que haya salido o no: lo intentamos otra vez."),
    Cause.BUSY: ("Pide que esperemos", "Lo intentamos otra vez en unos minutos."),
    Cause.REFUSED: ("No aceptó el correo", "Lo que respondió dice por qué."),
}


def in_words(cause: str) -> str:
    """
    >>> in_words("busy"), in_words("")
    ('Pide que esperemos. Lo intentamos otra vez en unos minutos.', '')
    """
    return ". ".join(WORDS[cause]) if cause in WORDS else ""
