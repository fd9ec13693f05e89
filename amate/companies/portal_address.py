"""Where a company's portal answers: at a name of its own, or below the installation's."""

from urllib.parse import urlsplit

from amate.companies.models import Company


def portal_of(company: Company, *, public_url: str) -> str:
    """Without a slash at its end. `public_url`: the installation's; its scheme and port are those of every name.

    >>> portal_of(Company(slug="tienda"), public_url="https://facturas.example")
    'https://facturas.example/f/tienda'
    >>> portal_of(Company(slug="tienda", host="facturas.tienda.mx"), public_url="http://127.0.0.1:8000")
    'http://facturas.tienda.mx:8000'
    """
    if not company.host:
        return f"{public_url}/f/{company.slug}"
    house = urlsplit(public_url)
    return f"{house.scheme}://{company.host}{f':{house.port}' if house.port else ''}"
