"""The portal in English: every state of a note and every act of a visitor, and no word of Spanish but the SAT's and the shop's."""

import json
import re
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import html

import amate
from amate.companies.models import Branch, Emisor
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.tables.comprobante import FORMAS_PAGO, METODOS_PAGO
from amate.fiscal.tables.personas import REGIMENES, USOS
from amate.self_invoicing.models import Ticket
from amate.web import sentences
from tests.people import MORAL
from tests.web.portal.buyer import Buyer, words
from tests.web.portal.states import Stage
from tests.web.portal.test_no_dead_end import ACTS, LOOKS, lands, staged
from tests.world import World

HOME = Path(amate.__file__).parent
CATALOGUE = HOME / "locale" / "en" / "LC_MESSAGES"
TAG = re.compile(
    r"""\{%\s*(?:translate\s+(?P<q>["'])(?P<whole>.+?)(?P=q)|blocktranslate[^%]*%\}(?P<block>.*?)\{%\s*endblock)""",
    re.S,
)
LITERAL = re.compile(r'_\("([^"]+)"\)')
# Letters and small words that English has not.
SPANISH = re.compile(
    r"[áéíóúñü¿¡]|\b(?:el|la|los|las|un|una|de|del|al|que|con|por|para|sin|tu|tus|su|sus|se|es|son|esta|este|ya|si|y|o|te|lo|le|en|hasta"
    r"|nota|notas|compra|tienda|factura|datos|correo|elige|escribe|revisa|cambiar|volver|fecha|nombre|pago)\b",
    re.I,
)
# What stays in Spanish on a page in English, word for word.
STAYS = (
    "Español",
    "Constancia de Situación Fiscal",
    "Código Fiscal de la Federación",
    "Uso del CFDI",
    "uso del CFDI",
    "Régimen fiscal",
    "régimen fiscal",
    "Forma de pago",
    "Método de pago",
    "método de pago",
    "Folio fiscal",
    "Persona física",
    "Persona moral",
    "S.A. de C.V.",
    "S.A. DE C.V.",
    MORAL["nombre"],
    "SURCO DISEÑO",
    "“Vigente”",
    "Estados Unidos (los)",  # countries are the catalogue's
)


def of_the_sat() -> list[str]:
    return [one.texto for table in (REGIMENES, USOS, FORMAS_PAGO, METODOS_PAGO) for one in table.values()]


def in_english(**more: str) -> Client:
    return Client(headers={"Accept-Language": "en-GB,en;q=0.9"}, **more)


def test_every_state_and_every_act_is_told_in_english(world: World) -> None:
    wrong: dict[str, str] = {}
    for name, stage in staged(world):
        with stage.meanwhile:
            everybody_speaks_english(stage)
            for column, (_, act) in {**LOOKS, **{f"{key}*": one for key, one in ACTS.items()}}.items():
                _, answer = lands(act(stage))
                for left in spanish_of(answer, world):
                    wrong.setdefault(left, f"{name} {column}")
    assert not wrong, "\n" + "\n".join(f"{where}: {left}" for left, where in wrong.items())


def everybody_speaks_english(stage: Stage) -> None:
    stage.buyer.client.cookies["amate_idioma"] = "en"
    before = stage.somebody

    def somebody() -> Buyer:
        buyer = before()
        buyer.client.cookies["amate_idioma"] = "en"
        return buyer

    stage.somebody = somebody  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "rest",
    [
        "privacidad/",
        "accesibilidad/",
        "reciente/guardada/",
        "espera/?hasta=9999999999",
        "d/otro/",
        "tarea/otra/",
        "ayuda/?asunto=global",
    ],
)
def test_the_pages_of_no_note_are_in_english_too(world: World, rest: str) -> None:
    answer = Buyer(world.shop, in_english()).get(rest)
    assert '<html lang="en">' in words(answer)
    assert spanish_of(answer, world) == []


def spanish_of(answer: Any, world: World) -> list[str]:
    """The texts of a page in which Spanish is left: what is seen, what a screen reader says and the title."""
    if "html" not in answer.headers["Content-Type"]:
        return []
    stays = sorted([*STAYS, *of_the_sat(), *names(world)], key=len, reverse=True)
    return [text for text in texts_of(answer) if SPANISH.search(without(stays, text))]


def texts_of(answer: Any) -> Iterator[str]:
    page = html.fromstring(answer.content.decode())
    for one in page.xpath("//script|//style|//*[@class='key']"):
        one.drop_tree()
    for said in [
        *page.xpath("//text()"),
        *page.xpath("//@aria-label"),
        *page.xpath("//@data-used"),
        *page.xpath("//@data-forgotten"),
    ]:
        text = " ".join(said.split())
        if text and not (said.is_text and in_a_name(said.getparent())):
            yield text


def in_a_name(parent: Any) -> bool:
    """Names of countries are the SAT's."""
    return parent.tag == "option" and parent.get("value", "") in catalogs_in_force().paises


def without(stays: list[str], text: str) -> str:
    for name in stays:
        text = text.replace(name, "")
    return text


def names(world: World) -> list[str]:
    """Of the shop, its places and what it sells."""

    def read() -> list[str]:
        shops = Emisor.objects.values_list("nombre", "nombre_comercial")
        places = [(one.nombre, one.address) for one in Branch.objects.all()]
        lines = {line["descripcion"] for ticket in Ticket.objects.all() for line in ticket.lines}
        return [name for some in (*shops, *places, lines) for name in some if name]

    return world.scoped(read)


# ------------------------------------------------------------ choosing


def test_a_link_of_every_page_chooses_and_a_cookie_keeps_it(world: World) -> None:
    buyer = Buyer(world.shop)
    assert 'lang="es-MX"' in words(buyer.get())
    assert f'href="{buyer.url()}?idioma=en"' in words(buyer.last)
    assert "Invoice your purchase" in words(buyer.get("?idioma=en"))
    assert buyer.client.cookies["amate_idioma"]["httponly"]
    assert "Invoice your purchase" in words(buyer.get())
    assert "Factura tu compra" in words(buyer.get("?idioma=es"))
    assert "Factura tu compra" in words(buyer.get())
    assert "Factura tu compra" in words(buyer.get("?idioma=fr"))


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("en-US,en;q=0.9", "en"),
        ("en-US,en;q=0.9,es-419;q=0.8", "es-MX"),
        ("es-MX,en;q=0.5", "es-MX"),
        ("fr", "es-MX"),
        ("", "es-MX"),
    ],
)
def test_a_browser_without_spanish_is_answered_in_english(world: World, asked: str, lang: str) -> None:
    answer = Client(headers={"Accept-Language": asked}).get(world.shop.portal)
    assert f'<html lang="{lang}">' in words(answer)


def test_what_was_typed_is_there_in_the_other_language(world: World) -> None:
    buyer = Buyer(world.shop)
    buyer.types("7K4M", "12.00")
    page = html.fromstring(buyer.last.content.decode())
    [form] = page.xpath("//form[@class='tongue']")
    assert dict(form.fields) | {"csrfmiddlewaretoken": ""} == {
        "csrfmiddlewaretoken": "",
        "codigo": "7K4M",
        "total": "12.00",
    }
    again = buyer.client.post(form.get("action"), dict(form.fields))
    assert again.status_code == 422
    assert 'value="7K4M"' in words(again)
    assert "Copy it again from your receipt (it has 12 and you entered 4)" in words(again)


def test_to_choose_a_language_never_issues(world: World) -> None:
    """The review answers 409 to a form of another note: sent again it could be the right one."""
    ticket = world.sale()
    buyer = Buyer(world.shop)
    buyer.opens(ticket)
    buyer.gives()
    answer = buyer.post("revisar/", {"revision": "otra"})
    assert answer.status_code == 409
    page = html.fromstring(answer.content.decode())
    assert page.xpath("//form[@class='tongue']") == []
    assert page.xpath("//a[@class='tongue']/@href") == [f"{buyer.url('revisar/')}?idioma=en"]


def test_a_constancia_that_was_not_read_leads_to_the_page_of_the_data(world: World) -> None:
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    buyer.post("datos/constancia/", MORAL)
    page = html.fromstring(buyer.last.content.decode())
    [form] = page.xpath("//form[@class='tongue']")
    assert buyer.client.post(form.get("action"), dict(form.fields)).status_code == 422


def test_the_paper_of_a_visitor_in_english_is_in_english_and_its_link_chooses_nothing(world: World) -> None:
    ticket = world.sale()
    buyer = Buyer(world.shop)
    buyer.gets_it(ticket)
    world.settle()
    assert 'factura.pdf"' in words(buyer.get("listo/"))
    assert 'factura.pdf?idioma=en"' in words(buyer.get("listo/?idioma=en"))
    buyer.get("?idioma=es")
    assert buyer.get("factura.pdf?idioma=en").status_code == 200
    assert "Tu factura está lista" in words(buyer.get("listo/"))


# ------------------------------------------------------------ the catalogue


def test_what_is_compiled_is_what_is_written() -> None:
    with (CATALOGUE / "django.mo").open("rb") as compiled:
        kept = GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    assert {key: said for key, said in kept.items() if key} == written()


def test_every_sentence_has_its_english() -> None:
    known = written()
    asked = set(sentences.PATTERNS)
    for path in [*(HOME / "templates" / "portal").rglob("*.html"), *(HOME / "templates" / "forms").rglob("*.html")]:
        asked |= set(asked_by(path.read_text()))
    assert asked - set(known) == set()
    assert [key for key, said in known.items() if not said] == []


def asked_by(template: str) -> Iterator[str]:
    for found in TAG.finditer(template):
        if found["whole"]:
            yield found["whole"].replace("%", "%%")
        else:
            yield re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", found["block"].replace("%", "%%"))
    yield from LITERAL.findall(template)


def written() -> dict[str, str]:
    """`django.po`, each text on a line of its own."""
    lines = (CATALOGUE / "django.po").read_text().splitlines()
    read = [
        (kind, json.loads(rest))
        for kind, _, rest in (line.partition(" ") for line in lines)
        if kind in ("msgid", "msgstr")
    ]
    keys = [text for kind, text in read if kind == "msgid"]
    assert len(keys) == len(set(keys))
    said = [text for kind, text in read if kind == "msgstr"]
    return {key: text for key, text in zip(keys, said, strict=True) if key}
