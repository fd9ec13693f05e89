"""The fixed cast. All invented; the PAC simulator's list is open, so it takes them for whom they say they are."""

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
