"""What people call by its brand, and how the SAT's catalogue, which names no brands, calls it. Only brands that are no
other word: whoever looks for a lamp of an old "modelo" wants no beer."""

BRANDS = {
    "refresco": ("coca", "cocacola", "pepsi", "sprite", "fanta", "jarritos", "boing", "sidral", "manzanita"),
    "bebidas energia": ("redbull", "gatorade", "electrolit", "powerade"),
    "agua": ("bonafont", "ciel", "epura", "penafiel"),
    "papas fritas": ("sabritas", "ruffles", "pringles"),
    "botanas": ("doritos", "cheetos", "takis", "chips"),
    "galletas dulce": ("oreo", "chokis"),
    "pan": ("bimbo",),
    "cafe": ("nescafe", "starbucks"),
    "leche": ("lala", "alpura"),
    "cerveza": ("tecate", "heineken"),
    "cigarrillos": ("marlboro",),
    "goma mascar": ("trident", "bubbaloo", "chiclets", "chicles"),
    "champus": ("shampoo", "pantene", "sedal"),
    "panales bebe": ("huggies", "pampers"),
    "papel higienico": ("charmin",),
    "toallas papel": ("kleenex", "servitoallas"),
    "blanqueadores": ("cloralex", "clorox"),
    "detergentes": ("ariel",),
    "cinta adhesiva": ("diurex", "scotch"),
    "boligrafos": ("bic",),
    "marcadores": ("sharpie",),
    "telefonos moviles": ("iphone", "samsung", "motorola"),
    "llantas": ("michelin", "bridgestone", "pirelli"),
}
_THING_OF = {brand: thing for thing, brands in BRANDS.items() for brand in brands}


def thing_of_brand(plain: str) -> str:
    """What the plain words of a search name by a brand; empty if they name none.

    >>> thing_of_brand("coca cola 600 ml"), thing_of_brand("lapiz")
    ('refresco', '')
    """
    return next((thing for word in plain.split() if (thing := _THING_OF.get(word))), "")
