"""Decimals of the currencies that do not have two (c_Moneda; MON-9), and the names we print."""

DECIMALS = (
    dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
    | {"CLF": 4}
    | dict.fromkeys(
        [
            "BIF",
            "BYR",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XAG",
            "XAU",
            "XBA",
            "XBB",
            "XBC",
            "XBD",
            "XDR",
            "XOF",
            "XPD",
            "XPF",
            "XPT",
            "XSU",
            "XTS",
            "XUA",
            "XXX",
        ],
        0,
    )
)

NAMES = {
    "MXN": "Peso mexicano",
    "USD": "Dólar estadounidense",
    "EUR": "Euro",
    "CAD": "Dólar canadiense",
    "GBP": "Libra esterlina",
    "JPY": "Yen",
    "XXX": "Sin moneda",
}


def decimals_of(moneda: str) -> int:
    """Decimals of the amounts of a currency whose key is already known to exist."""
    return DECIMALS.get(moneda, 2)
