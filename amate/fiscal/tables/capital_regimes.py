"""The forms of company that stand after a name, which the SAT's list of names leaves out (FISCAL REC-2).

A grammar rather than a list: a form, then any number of endings. `SHORT` forms occur with their letters apart
("S A P I DE CV"), as do the endings; `EXACT` ones are taken only as they are, since they are also plain words.
"""

import re

SHORT = ("SA", "SAB", "SAPI", "SAS", "SC", "SCL", "SCP", "SCPC", "SCPR", "SCU", "SGC", "SNC", "SPR", "USPR")
CHARITIES = ("AC", "ABP", "APN", "IAP", "IAS", "IBP")

# Nothing by themselves ("HOTEL ALMA SPA"): an ending has to follow.
STEMS = ("S", "U", "AR", "FC", "RL", "SP", "SPA")
PHRASES = ("S EN C", "S EN C POR A", "S EN CS", "S EN NC", "A EN P", "C POR A", "P EN C")

ENDINGS = (
    *(f"DE {word}" for word in ("CV", "RL", "RI", "RS", "IP", "IC", "OL", "PR", "PS", "SS", "C", "E", "I", "P", "S")),
    "DE B Y S",
    "Y CV",
    "S DE I",
    "PBS",
    "RL",
    "MI",
    "ART",
    "SFOL",
    "SFP",
    "SIID",
    "SIID PM",
    "SIRV",
    "SOFOM ER",
    "SOFOM ENR",
)

EXACT = (
    *("AA", "AF", "AFORE", "AG", "ALPR", "APL", "AR", "ART", "CEL", "EPE", "EPS", "FA", "L", "MI", "RI"),
    *("SIEFORE", "SIID", "SL", "SOFOL", "UE"),
    "ASOCIACION CIVIL",
    "INSTITUCION DE ASISTENCIA PRIVADA",
    "INSTITUCION DE ASISTENCIA SOCIAL PRIVADA",
    "INSTITUCION DE BANCA MULTIPLE",
    "INSTITUTO DE ASISTENCIA SOCIAL",
    "ORGANIZACIONES AUXILIARES DE CREDITO",
    "SIN TIPO DE SOCIEDAD",
    "SOCIEDAD CIVIL",
    "SOCIEDAD CIVIL UNIVERSAL",
    "SOCIEDAD EN NOMBRE COLECTIVO",
    "SOCIEDADES DE INVERSION COMUNES",
    "SOCIEDADES DE INVERSION DE CAPITALES",
)
LONG = (
    "SOCIEDAD ANONIMA",
    "SOCIEDAD ANONIMA BURSATIL",
    "SOCIEDAD ANONIMA PROMOTORA DE INVERSION",
    "SOCIEDAD COOPERATIVA",
    "SOCIEDAD COOPERATIVA DE RESPONSABILIDAD LIMITADA",
    "SOCIEDAD DE RESPONSABILIDAD LIMITADA",
    "SOCIEDAD DE PRODUCCION RURAL DE RESPONSABILIDAD LIMITADA",
    "SOCIEDAD POR ACCIONES SIMPLIFICADA",
)


def _apart(phrase: str) -> str:
    """Short words with their letters possibly apart; connecting words whole."""
    return " +".join(word if word in ("DE", "EN", "POR", "Y") else " *".join(word) for word in phrase.split())


def _exact(phrase: str) -> str:
    return phrase.replace(" ", " +")


def _any(patterns: list[str]) -> str:
    return "(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + ")"


_ENDING = "(?: +" + _any([_apart(ending) for ending in ENDINGS]) + ")"

SUFFIX = re.compile(
    r"(?<=[^ ]) +("
    + "|".join(
        [
            _any([_apart(form) for form in (*SHORT, *PHRASES)]) + _ENDING + "*",
            _any([_apart(form) for form in STEMS]) + _ENDING + "+",
            _any([_exact(form) for form in LONG]) + "(?: +DE +CAPITAL +VARIABLE)?",
            _any([_apart(form) for form in CHARITIES]),
            _any([_exact(form) for form in EXACT]),
        ]
    )
    + r") *$"
)
"""Matches the longest form at the end of an upper-case name without dots, commas or accents; group 1 is the form."""
