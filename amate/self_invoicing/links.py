"""The address that a note's QR carries."""


def qr_url(*, portal: str, code: str, total_cents: int) -> str:
    """Code and total in the path: the buyer types nothing. The portal moves both into the visit and redirects.
    `portal` as `companies.portal_address.portal_of` gives it.

    >>> qr_url(portal="https://facturas.example/f/tienda", code="7K4M9QXW2TRP", total_cents=124850)
    'https://facturas.example/f/tienda/7K4M9QXW2TRP/124850'
    """
    return f"{portal}/{code}/{total_cents}"
