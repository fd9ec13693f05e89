"""Where the database of a RADIUS stands, as a person writes it."""

from urllib.parse import urlsplit

from amate.adapters.typed_url import UrlRefused


def check_database(url: str) -> None:
    """What can be seen without asking anybody; whether it is private is seen when it is looked up. Raises UrlRefused.

    >>> check_database("postgresql://radius.example:5432/radius")
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as broken:
        raise UrlRefused("Eso no es una dirección de internet.") from broken
    if parts.scheme != "postgresql" or not parts.path.strip("/") or parts.query:
        raise UrlRefused("Escríbela así: postgresql://servidor:5432/base")
    if parts.username is not None or parts.password is not None:
        raise UrlRefused("El usuario y la contraseña van en sus campos, no en la dirección.")
    if port < 1024:
        raise UrlRefused(f"El puerto {port} no se permite: PostgreSQL usa 5432.")
