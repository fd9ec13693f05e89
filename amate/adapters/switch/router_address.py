"""Where a RouterOS may be asked: its API with its own schemes, its REST like any page."""

from urllib.parse import urlsplit

from amate.adapters.typed_url import UrlRefused, check

PORTS = {"api": 8728, "api-ssl": 8729}


def check_router(url: str, *, private: frozenset[str]) -> None:
    """What can be seen of its address without asking anybody. Raises UrlRefused."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        check(url, private=private)
        if parts.query or parts.fragment or parts.path not in ("", "/"):
            raise UrlRefused("Escribe solo el equipo y su puerto, sin nada después.")
        return
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError as broken:
        raise UrlRefused("Eso no es una dirección de internet.") from broken
    if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.username is not None:
        raise UrlRefused("Escribe solo el equipo y su puerto: api-ssl://router.example:8729")
    if parts.hostname in private:
        return
    if parts.scheme != "api-ssl":
        raise UrlRefused("Por internet la contraseña debe ir cifrada: usa api-ssl:// o https://")
    if port < 1024:
        raise UrlRefused(f"El puerto {port} no se permite: la API cifrada usa 8729.")
