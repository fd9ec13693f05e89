"""Every state of a note, every act of a visitor: the page he gets, and that it offers the way on that it must (FEATURES 4.3).

The rows come from `states.py` and the columns from the portal's own addresses: a state or an address without a cell fails.
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import resolve
from lxml import html

from amate.self_invoicing.rules import Standing
from amate.web.portal.urls import urlpatterns
from amate.web.portal.visit import Here, Place, stand
from tests.people import FISICA, MORAL
from tests.self_invoicing.test_close_period import closed
from tests.web.portal.states import STATES, TURNS, Stage
from tests.world import World

ABROAD = {"nombre": "Harbor Supplies LLC", "residencia_fiscal": "USA", "num_reg_id_trib": "", "correo": ""}
OTHER_NAME = {**MORAL, "nombre": "SURCO"}

Act = Callable[[Stage], Any]


def looks(path: str) -> Act:
    return lambda stage: stage.buyer.get(path)


def sends(path: str, **data: str) -> Act:
    return lambda stage: stage.buyer.post(path, {name: said.format(n=stage.number) for name, said in data.items()})


def in_another_browser(stage: Stage) -> Any:
    """He has the note and its RFC, and nothing else."""
    elsewhere = stage.somebody()
    elsewhere.get(f"{stage.code}/{stage.cents}")
    return elsewhere.post("descargar/", {"rfc": MORAL["rfc"]})


# ------------------------------------------------------------ the columns, in the order in which they are tried

LOOKS: dict[str, tuple[str, Act]] = {
    "qr": ("scanned", lambda stage: stage.buyer.get(f"{stage.code}/{stage.cents}")),
    "typ": ("code", lambda stage: stage.buyer.types(stage.code, f"{stage.cents / 100:.2f}")),
    "ini": ("code", looks("")),
    "dat": ("details", looks("datos/")),
    "ext": ("foreign", looks("datos/extranjero/")),
    "jun": ("join", looks("notas/")),
    "rev": ("review", looks("revisar/")),
    "emi": ("issuing", looks("emitiendo/")),
    "lis": ("done", looks("listo/")),
    "pdf": ("pdf", looks("factura.pdf")),
    "xml": ("xml", looks("factura.xml")),
    "not": ("holders_note", looks("nota.pdf")),
    "des": ("download", looks("descargar/")),
    "avi": ("notice", looks("aviso/")),
    "par": ("parts", looks("partes/")),
    "div": ("divide", looks("dividir/")),  # no company allows it unless it says so
    "rem": ("remind", looks("recordar/")),
    "cor": ("correct", looks("corregir/")),
    "rec": ("recent", looks("reciente/")),
    "ayu": ("help", looks("ayuda/")),
    "com": ("purchases_ask", looks("mis-compras/")),
}
ACTS: dict[str, tuple[str, Act]] = {
    "div": ("divide", sends("dividir/", proporcion_0="1", proporcion_1="1")),
    "uni": ("rejoin", sends("unir/")),
    "fis": ("fiscal", sends("datos/fiscal/", **MORAL)),  # what htmx asks while he types
    "con": ("constancia", sends("datos/constancia/", **MORAL)),  # without a file
    "agr": ("join", sends("notas/", codigo="7K4M", total="1.00")),  # mistyped
    "qui": ("leave", sends("notas/quitar/", nota="otra")),
    "gen": ("details", sends("datos/", **{**MORAL, "rfc": "XAXX010101000"})),
    "dat": ("details", sends("datos/", **MORAL)),
    "nom": ("suffix", sends("revisar/nombre/", conservar="0")),
    "rem": ("remind", sends("recordar/", correo="ana{n}@example.com")),
    "rfc": ("download", sends("descargar/", rfc=FISICA["rfc"])),  # not the receiver's
    "mio": ("download", in_another_browser),
    "env": ("send", sends("enviar/", correo="ana{n}@example.com")),
    "ayu": ("help", sends("ayuda/", mensaje="Ayúdenme", contacto="ana{n}@example.com")),
    "com": ("purchases_ask", sends("mis-compras/", correo="ana{n}@example.com")),
    "cfi": ("correct_fiscal", sends("corregir/fiscal/", **MORAL)),
    "rfi": ("recent_fiscal", sends("reciente/fiscal/", **MORAL)),
    "otr": ("again", sends("otra/")),
    "ext": ("foreign", sends("datos/extranjero/", **ABROAD)),
    "da2": ("details", sends("datos/", **MORAL)),
    "em1": ("review", sends("revisar/")),
    "em2": ("review", sends("revisar/")),  # impatient
    "cor": ("correct", sends("corregir/", **OTHER_NAME)),
    "cr1": ("correct_review", sends("corregir/revisar/")),
    "cr2": ("correct_review", sends("corregir/revisar/")),
}
# The same whatever became of the note, or reached by what is in a mail; each has its own tests.
OF_NO_NOTE = {
    "accessibility", "badge", "brand", "branch_logo", "button", "linked", "linked_acuse", "linked_correct", "linked_pdf", "linked_xml", "logo", "privacy",
    "purchases", "recent_kept", "task", "wait",
}  # fmt: skip

# ------------------------------------------------------------ the table: where each act leads. A mark of ! is status 422

PAGES = {
    "ini": "code", "dat": "details", "ext": "foreign", "jun": "join", "rev": "review", "gen": "generic", "emi": "issuing", "lis": "done",
    "des": "download", "avi": "notice", "par": "parts", "rem": "remind", "cor": "correct", "cre": "correct_review", "cer": "correct_shut",
    "rec": "recent", "ayu": "help", "com": "purchases_ask", "fis": "fiscal",
}  # fmt: skip
LOOKED = """
                                      qr   typ  ini  dat  ext  jun  rev  emi  lis  pdf  xml  not  des  avi  par  div  rem  cor  rec  ayu  com
mistyped_code                         ini! ini! ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com
wrong_total                           ini! ini! ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  rec  ayu  com
not_here_yet                          ini! ini! ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  rec  ayu  com
asked_and_not_here_yet                ini! ini! ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  rec  ayu  com
a_till_reserved_the_code              ini! ini! ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  rec  ayu  com
another_companys                      ini! ini! ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  rec  ayu  com
came_back_after_a_month               ini! ini! ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  rec  ayu  com
fresh                                 dat  dat  ini  dat  ext  jun  dat  dat  dat  dat  dat  PDF  dat  dat  dat  dat  rem  dat  ini  ayu  com
sold_on_credit                        dat  dat  ini  dat  ext  jun  dat  dat  dat  dat  dat  PDF  dat  dat  dat  dat  rem  dat  ini  ayu  com
last_day                              dat  dat  ini  dat  ext  jun  dat  dat  dat  dat  dat  PDF  dat  dat  dat  dat  dat  dat  ini  ayu  com
the_sat_refused_my_data               dat! dat! ini  dat! ext! jun  dat! dat! dat! dat! dat! PDF  dat! dat! dat! dat! rem  dat! ini  ayu  com
the_sat_refused_anothers_data         dat  dat  ini  dat  ext  jun  dat  dat  dat  dat  dat  PDF  dat  dat  dat  dat  rem  dat  ini  ayu  com
the_shop_cancelled_mine               dat  dat  ini  dat  ext  jun  dat  dat  dat  dat  dat  PDF  dat  dat  dat  dat  rem  dat  ini  ayu  com
the_shop_cancelled_anothers           dat  dat  ini  dat  ext  jun  dat  dat  dat  dat  dat  PDF  dat  dat  dat  dat  rem  dat  ini  ayu  com
expired                               avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
expired_and_asked                     avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
void                                  avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  404  avi  avi  avi  avi  avi  avi  ini  ayu  com
divided                               par  par  ini  par  par  par  par  par  par  par  par  PDF  par  par  par  par  par  par  ini  ayu  com
locked                                avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
portal_off                            avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
the_sat_suspended_the_shop            avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
credit_is_not_offered                 avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
mine_is_on_its_way                    emi  emi  ini  emi  emi  emi  emi  emi  emi  emi  emi  PDF  emi  emi  emi  emi  emi  emi  ini  ayu  com
the_sat_is_slow_with_mine             emi  emi  ini  emi  emi  emi  emi  emi  emi  emi  emi  PDF  emi  emi  emi  emi  emi  emi  ini  ayu  com
anothers_is_on_its_way                avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
mine_waits_for_the_shop               emi  emi  ini  emi  emi  emi  emi  emi  emi  emi  emi  PDF  emi  emi  emi  emi  emi  emi  ini  ayu  com
anothers_waits_for_the_shop           avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
mine                                  lis  lis  ini  lis  lis  lis  lis  lis  lis  PDF  XML  PDF  lis  lis  lis  lis  lis  cor  ini  ayu  com
mine_for_somebody_abroad              lis  lis  ini  lis  lis  lis  lis  lis  lis  PDF  XML  PDF  lis  lis  lis  lis  lis  cer  ini  ayu  com
mine_left_its_global                  lis  lis  ini  lis  lis  lis  lis  lis  lis  PDF  XML  PDF  lis  lis  lis  lis  lis  cor  ini  ayu  com
mine_that_the_shop_is_cancelling      lis  lis  ini  lis  lis  lis  lis  lis  lis  PDF  XML  PDF  lis  lis  lis  lis  lis  cer  ini  ayu  com
mine_whose_correction_the_sat_refused lis  lis  ini  lis  lis  lis  lis  lis  lis  PDF  XML  PDF  lis  lis  lis  lis  lis  cor! ini  ayu  com
mine_of_a_shop_that_cannot_issue      lis  lis  ini  lis  lis  lis  lis  lis  lis  PDF  XML  PDF  lis  lis  lis  lis  lis  cer  ini  ayu  com
mine_whose_correction_the_shop_has    lis  lis  ini  lis  lis  lis  lis  lis  lis  PDF  XML  PDF  lis  lis  lis  lis  lis  cer  ini  ayu  com
mine_is_being_corrected               emi  emi  ini  emi  emi  emi  emi  emi  emi  emi  emi  PDF  emi  emi  emi  emi  emi  emi  ini  ayu  com
anothers                              des  des  ini  des  des  des  des  des  des  des  des  PDF  des  des  des  des  des  des  ini  ayu  com
made_at_the_counter                   des  des  ini  des  des  des  des  des  des  des  des  PDF  des  des  des  des  des  des  ini  ayu  com
the_shop_corrected_mine_for_another   des  des  ini  des  des  des  des  des  des  des  des  PDF  des  des  des  des  des  des  ini  ayu  com
in_a_global                           dat  dat  ini  dat  ext  jun  dat  dat  dat  dat  dat  PDF  dat  dat  dat  dat  rem  dat  ini  ayu  com
in_a_global_and_expired               avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
in_a_global_and_the_portal_off        avi  avi  ini  avi  avi  avi  avi  avi  avi  avi  avi  PDF  avi  avi  avi  avi  avi  avi  ini  ayu  com
"""
ACTED = """
                                      div  uni  fis  con  agr  qui  gen  dat  nom  rem  rfc  mio  env  ayu  com  cfi  rfi  otr  ext  da2  em1  em2  cor  cr1  cr2
mistyped_code                         ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com  ini  fis  ini  ini  ini  ini  ini  ini  ini  ini
wrong_total                           ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com  ini  fis  ini  ini  ini  ini  ini  ini  ini  ini
not_here_yet                          ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com  ini  fis  ini  ini  ini  ini  ini  ini  ini  ini
asked_and_not_here_yet                ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com  ini  fis  ini  ini  ini  ini  ini  ini  ini  ini
a_till_reserved_the_code              ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com  ini  fis  ini  ini  ini  ini  ini  ini  ini  ini
another_companys                      ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com  ini  fis  ini  ini  ini  ini  ini  ini  ini  ini
came_back_after_a_month               ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ini  ayu  com  ini  fis  ini  ini  ini  ini  ini  ini  ini  ini
fresh                                 dat  dat  fis  dat! jun! jun  gen! rev  rev  rem  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
sold_on_credit                        dat  dat  fis  dat! jun! jun  gen! rev  rev  rem  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
last_day                              dat  dat  fis  dat! jun! jun  gen! rev  rev  dat  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
the_sat_refused_my_data               dat! dat! fis  dat! jun! jun  gen! rev  rev  rem  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
the_sat_refused_anothers_data         dat  dat  fis  dat! jun! jun  gen! rev  rev  rem  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
the_shop_cancelled_mine               dat  dat  fis  dat! jun! jun  gen! rev  rev  rem  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
the_shop_cancelled_anothers           dat  dat  fis  dat! jun! jun  gen! rev  rev  rem  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
expired                               avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
expired_and_asked                     avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
void                                  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
divided                               par  par  par  par  par  par  par  par  par  par  par  par  par  ayu  com  par  fis  par  par  par  par  par  par  par  par
locked                                avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
portal_off                            avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
the_sat_suspended_the_shop            avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
credit_is_not_offered                 avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
mine_is_on_its_way                    emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  avi  emi  ayu  com  emi  fis  emi  emi  emi  emi  emi  emi  emi  emi
the_sat_is_slow_with_mine             emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  avi  emi  ayu  com  emi  fis  emi  emi  emi  emi  emi  emi  emi  emi
anothers_is_on_its_way                avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
mine_waits_for_the_shop               emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  avi  emi  ayu  com  emi  fis  emi  emi  emi  emi  emi  emi  emi  emi
anothers_waits_for_the_shop           avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
mine                                  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cre  emi  emi
mine_for_somebody_abroad              lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  des! lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cer  cer  cer
mine_left_its_global                  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cre  emi  emi
mine_that_the_shop_is_cancelling      lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cer  cer  cer
mine_whose_correction_the_sat_refused lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cre  emi  emi
mine_of_a_shop_that_cannot_issue      lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cer  cer  cer
mine_whose_correction_the_shop_has    lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cer  cer  cer
mine_is_being_corrected               emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  emi  lis  emi  ayu  com  emi  fis  emi  emi  emi  emi  emi  emi  emi  emi
anothers                              des  des  des  des  des  des  des  des  des  des  des! lis  des  ayu  com  des  fis  des  des  des  des  des  des  des  des
made_at_the_counter                   des  des  des  des  des  des  des  des  des  des  des! lis  des  ayu  com  des  fis  des  des  des  des  des  des  des  des
the_shop_corrected_mine_for_another   des  des  des  des  des  des  des  des  des  des  lis  des! lis  ayu  com  fis  fis  ini  lis  lis  lis  lis  cre  emi  emi
in_a_global                           dat  dat  fis  dat! jun! jun  gen! rev  rev  rem  dat  dat  dat  ayu  com  dat  fis  dat  rev  rev  emi  emi  emi  emi  emi
in_a_global_and_expired               avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
in_a_global_and_the_portal_off        avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  avi  ayu  com  avi  fis  avi  avi  avi  avi  avi  avi  avi  avi
"""

# ------------------------------------------------------------ the ways on: words of links and buttons

WAYS: dict[str, tuple[str, ...]] = {
    "code": ("Buscar mi compra", "todas tus compras por correo"),
    "details": ("Continuar", "Regresar", "No soy contribuyente en México"),
    "join": ("Continuar con 1 nota",),
    "foreign": ("Continuar", "Tengo RFC en México"),
    "review": ("Emitir mi factura", "Cambiar tus datos fiscales", "Regresar"),
    "generic": ("Usar mi RFC", "No soy contribuyente en México"),
    "done": (
        "Descargar PDF",
        "Descargar XML",
        "Enviar mi factura",
        "Corregir mis datos",
        "Facturar otra compra con estos datos",
    ),
    "download": ("Descargar con mi RFC", "pide ayuda a la tienda", "Avisar a la tienda", "Volver al inicio"),
    "remind": ("Recordármelo|Facturarla ahora",),
    "correct": ("Continuar", "Dejarla como está"),
    "correct_review": ("Emitir la factura corregida|Pedirla a la tienda", "Regresar"),
    "correct_shut": ("Volver a mi factura", "Contactar a la tienda"),
    "recent": ("Continuar", "Regresar"),
    "help": ("Enviar mi mensaje|Volver al inicio", "hola@elamate.example"),
    "purchases_ask": ("Enviarme el enlace|Volver al inicio",),
    "issuing": ("Actualizar|Ver si ya está lista",),
    "notice": ("Volver al inicio",),
    "parts": ("Facturar esta parte", "Contactar a la tienda"),
}
NOTICED: dict[Standing, str] = {
    Standing.EXPIRED: "Pedir una excepción",
    Standing.IN_GLOBAL: "Pedir mi factura a la tienda",
    Standing.VOID: "Contactar a la tienda",
    Standing.LOCKED: "Contactar a la tienda",
    Standing.HELD_BY_US: "Contactar a la tienda",
    Standing.PORTAL_OFF: "Pedirla a la tienda",
    Standing.NOT_OFFERED: "Pedirla a la tienda",
    Standing.ISSUING: "Volver a intentar",
}
# What a state must say besides, wherever it leads: of the page that its QR opens.
SAID = {
    "mistyped_code": "Al código le falta o le sobra una letra",
    "wrong_total": "Mi compra es reciente",
    "not_here_yet": "Mi compra es reciente",
    "asked_and_not_here_yet": "Mi compra es reciente",
    "a_till_reserved_the_code": "Mi compra es reciente",
    "another_companys": "Mi compra es reciente",
    "last_day": "Hoy es el último día para facturar",
    "fresh": "Ahora no: recuérdamelo antes de que venza",
    "expired_and_asked": "La tienda ya tiene un mensaje sobre esta nota",
    "the_sat_refused_my_data": "El nombre debe ser idéntico al de tu Constancia",
    "the_shop_cancelled_mine": "La tienda canceló tu factura",
    "the_sat_is_slow_with_mine": "No la pidas otra vez: no se duplicará",
    "mine_waits_for_the_shop": "Ya avisamos a la tienda",
    "mine_whose_correction_the_sat_refused": "Tu corrección no se hizo y esta factura sigue siendo la buena",
    "in_a_global": "todavía puedes tener la tuya",
    "divided": "Esta nota se dividió en 3",
}


@pytest.mark.parametrize(("table", "columns"), [(LOOKED, LOOKS), (ACTED, ACTS)], ids=["looked", "acted"])
def test_no_cell_is_empty(table: str, columns: dict[str, Any]) -> None:
    cells = read(table)
    assert set(cells) == set(STATES), "a row for each state of states.py"
    for row, found in cells.items():
        assert list(found) == list(columns), row
        assert {cell.strip("!") for cell in found.values()} <= {*PAGES, "PDF", "XML", "404"}, row


def test_no_address_is_left_out() -> None:
    tried = {name for columns in (LOOKS, ACTS) for name, _ in columns.values()}
    assert tried | OF_NO_NOTE == {one.name for one in urlpatterns}
    assert set(PAGES.values()) == {*WAYS, "fiscal"}


def test_wherever_a_note_may_stand_there_is_a_state_that_stands_so() -> None:
    """Every standing, as its own buyer and as anybody else meets it; asked of the portal itself."""

    def place(standing: Standing, *, own: bool) -> Place:
        visit: Any = SimpleNamespace(invoice_id=1 if own else 2, invoice=None, may_download=own)
        invoice: Any = SimpleNamespace(pk=1)
        none: Any = None
        return Here(none, visit, none, invoice, standing, None, none).place

    possible = {(standing, place(standing, own=own)) for standing in Standing for own in (True, False)}
    assert {(one.standing, one.place) for one in STATES.values() if one.standing} == possible
    assert set(NOTICED) == {standing for standing, there in possible if there is Place.NOTICE}


def test_every_act_in_every_state_leads_to_its_page_and_its_way_on(world: World) -> None:
    looked, acted = read(LOOKED), read(ACTED)
    wrong: list[str] = []
    for name, stage in staged(world):
        with stage.meanwhile:
            opened = text_of(lands(LOOKS["qr"][1](stage))[1])
            if stood(stage) != (STATES[name].standing, STATES[name].place):
                wrong.append(f"{name}: stands {stood(stage)}")
            if SAID.get(name, "") not in opened:
                wrong.append(f"{name}: {SAID[name]!r} is not said")
            links: set[str] = set()
            wrong += tried(stage, name, LOOKS, looked[name], links)
            wrong += [
                f"{name}: {one} is dead"
                for one in sorted(links)
                if stage.buyer.client.get(one).status_code not in (200, 302, 422)
            ]
            if STATES[name].place is Place.PARTS:  # the link of a part opened that
                LOOKS["qr"][1](stage)
            stage.buyer.client.cookies.pop("amate_idioma", None)  # one of the links chose it
            wrong += tried(stage, name, ACTS, acted[name], set())
    assert not wrong, "\n" + "\n".join(wrong)


def tried(
    stage: Stage, name: str, columns: dict[str, tuple[str, Act]], expected: dict[str, str], links: set[str]
) -> Iterator[str]:
    """What is not as the table says; the links of what was seen are put into `links`."""
    for column, (_, act) in columns.items():
        where, answer = lands(act(stage))
        if where != expected[column]:
            yield f"{name} {column}: {where} and not {expected[column]}"
        for way in missing_ways(STATES[name].standing, where, answer):
            yield f"{name} {column}: {where} offers no {way}"
        links |= links_of(answer)


# ------------------------------------------------------------ how


def staged(world: World) -> Iterator[tuple[str, Stage]]:
    """All states at once, with the same turns of the worker."""
    notes = [world.sale() for _ in range(4)]
    closed(world)
    world.settle()
    stages = {name: Stage(world, number, notes) for number, name in enumerate(STATES, 1)}
    ways = {name: one.make(stages[name]) for name, one in STATES.items()}
    for turn in range(TURNS + 1):
        for way in ways.values():
            next(way, None)
        for minutes in {0: (0,), TURNS: ()}.get(turn, (2, 6, 31)):  # the first looks at the SAT
            world.time_passes(minutes=minutes)
            world.settle()
    yield from stages.items()


def stood(stage: Stage) -> tuple[Standing | None, Place | None]:
    """Where the product says that this browser's note stands; nowhere without a visit."""
    cookies = {name: one.value for name, one in stage.buyer.client.cookies.items()}
    request: Any = SimpleNamespace(COOKIES=cookies)
    here = stage.world.scoped(lambda: stand(request))
    return (here.standing, here.place) if here else (None, None)


def lands(answer: Any) -> tuple[str, Any]:
    """The cell of the page that he ends at, and that page."""
    if answer.status_code == 302:
        answer = answer.client.get(answer.headers["Location"], follow=True)
    kind = answer.headers["Content-Type"].partition(";")[0].rpartition("/")[2]
    if kind != "html":
        return kind.upper(), answer
    if answer.status_code == 404:
        return "404", answer
    drawn = next(one.name for one in answer.templates if str(one.name).startswith("portal/"))
    page = drawn.removeprefix("portal/").removesuffix(".html")
    cell = next(cell for cell, name in PAGES.items() if name == page)
    return cell + {200: "", 422: "!"}[answer.status_code], answer


def missing_ways(standing: Standing | None, where: str, answer: Any) -> list[str]:
    """What the page should offer and does not. A file is what was asked for; a part of a page stands in its page."""
    if where in ("PDF", "XML", "fis"):
        return []
    ways = ("Volver al inicio",) if where == "404" else WAYS[PAGES[where.strip("!")]]
    if where == "avi":
        assert standing is not None
        ways += (NOTICED[standing],)
    if where != "404":
        ways += ("Ayuda", "33 1234 5678")  # the shop itself, on every page (L1)
    offered = offers(answer)
    return [way for way in ways if not any(one in said for said in offered for one in way.split("|"))]


def offers(answer: Any) -> list[str]:
    """The words of all that can be pressed: links that lead somewhere, and buttons of forms."""
    page = html.fromstring(answer.content.decode())
    found = [*page.xpath("//a[@href]"), *page.xpath("//form//button")]
    return [" ".join(one.text_content().split()) for one in found]


def links_of(answer: Any) -> set[str]:
    """Within this site, and where the forms go if one opens their address: what a person can follow."""
    if "html" not in answer.headers["Content-Type"]:
        return set()
    page = html.fromstring(answer.content.decode())
    for form in page.xpath("//form[@action]"):
        resolve(form.get("action").partition("?")[0])
    return {one for one in page.xpath("//a/@href") if one.startswith("/")}


def text_of(answer: Any) -> str:
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def read(table: str) -> dict[str, dict[str, str]]:
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return {row[0]: dict(zip(head, row[1:], strict=True)) for row in rows}
