"""The fixed cast. All invented; the PAC simulator's list is open, so it takes them for whom they say they are."""

from amate.fiscal.catalogs import installed
from amate.fiscal.receptor import Receptor, read_receptor

# What each types into the portal.
FISICA = {
    "rfc": "XOJI740919U48",
    "nombre": "Ingrid Xodar Jimenez",
    "cp": "76028",
    "regimen_fiscal": "612",
    "uso_cfdi": "G03",
    "correo": "ingrid@example.com",
}
MORAL = {
    "rfc": "SDI190823KX4",
    "nombre": "Surco Diseño, S.A. de C.V.",
    "cp": "44160",
    "regimen_fiscal": "601",
    "uso_cfdi": "G03",
    "correo": "administracion@surco.example",
}


def receptor_of(typed: dict[str, str]) -> Receptor:
    """The receiver that comes of what one of them types."""
    return read_receptor(
        rfc=typed["rfc"],
        nombre=typed["nombre"],
        domicilio_fiscal=typed["cp"],
        regimen_fiscal=typed["regimen_fiscal"],
        uso_cfdi=typed["uso_cfdi"],
        catalogs=installed(),
    ).receptor
