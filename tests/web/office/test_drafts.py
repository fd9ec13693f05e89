"""What staff had half typed: found again in a new session, discarded, gone once it is what it was typed for, nobody else's."""

import re
from typing import Any

import pytest
from django.test import Client

from amate.access.models import Membership, Role, User
from amate.audit.models import Entry
from amate.companies.models import Branch, Emisor, PortalPolicy, Product
from amate.customers.add import add_customer
from amate.customers.change import change_customer
from amate.customers.contacts import Said, add_contact
from amate.customers.current import current_of
from amate.customers.fingerprint import of_customer
from amate.customers.models import Customer
from amate.desk.keep_draft import LARGEST, forget_old_drafts
from amate.desk.models import Draft
from amate.self_invoicing.models import Ticket
from amate.web.backoffice.drafts import FORMS
from tests.people import FISICA, MORAL
from tests.web.office import desk
from tests.web.office.test_counter_sale import SALE
from tests.web.office.test_new_invoice import SAID
from tests.web.office.test_settings import RULES
from tests.world import PASSWORD, Shop, World

BACKEND = "django.contrib.auth.backends.ModelBackend"
FOUND = "Recuperamos lo que escribiste el "
SECRETS = (
    "password",
    "contrasena",
    "totp",
    "codigo",
    "key_file",
    "certificado",
    "csrfmiddlewaretoken",
    "token",
    "api_key",
)


def send(world: World, client: Client, path: str, said: dict[str, Any], shop: Shop | None = None) -> Any:
    return world.inside(lambda: client.post((shop or world.shop).office + path, said))


def keep(world: World, client: Client, form: str, shop: Shop | None = None, **said: Any) -> Any:
    return send(world, client, "borradores/", {"borrador": form, **said}, shop)


def page_of(world: World, client: Client, path: str, shop: Shop | None = None) -> str:
    answer = world.inside(lambda: client.get((shop or world.shop).office + path))
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def kept(world: World, shop: Shop | None = None) -> dict[str, dict[str, str]]:
    return world.scoped(lambda: {one.form: dict(one.typed) for one in Draft.objects.all()}, shop)


def hired(world: World, role: Role) -> Client:
    """Somebody else of the first company, signed in."""
    person = world.inside(lambda: User.objects.create_user("leo@amate.example", PASSWORD))
    world.inside(lambda: Membership.objects.create(user=person, company=world.shop.company, role=role))
    client = Client()
    world.inside(lambda: client.force_login(person, backend=BACKEND))
    return client


def a_customer(world: World) -> Customer:
    return world.scoped(lambda: add_customer(nombre="Luz Aranda", receptor=None, correo="", now=world.now()))


def forms(world: World) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """{name of the form: (key of a draft, path of its page, what somebody types)}: "@" is the word to be found again."""
    branch, customer, product = world.shop.branch.pk, a_customer(world).pk, desk.listed(world)
    article = {"descripcion": "@", "clave_prod_serv": "50201706", "clave_unidad": "H87", "iva": "0.16", "precio": "5"}
    rules = {
        **RULES,
        "s0-source": "@",
        "s0-label": "la caja principal",
        "effective_from": str(world.today()),
        "g0-descripcion": "",
        "usos": ["G01", "G03"],
    }
    company = world.scoped(
        lambda: {name: getattr(Emisor.objects.get(), name) for name in ("rfc", "nombre", "regimen_fiscal", "usual_iva")}
    )
    contact = world.scoped(
        lambda: add_contact(customer_id=customer, said=Said("Luz", "", "", False, False), now=world.now()).pk
    )
    smtp = {"version": "0", "sender": "a@amate.example", "host": "smtp.amate.example", "port": "587", "tls": "starttls"}
    provider = {"version": "0", "sender": "a@amate.example", "way": "mailgun"}
    ticket, batch = world.sale().pk, desk.uploaded(world)
    world.settle()
    shop = {"nombre": "@", "cp": "44100", "serie": "ZZ", "address": ""}
    return {
        "sale": ("sale", "mostrador/venta/", {**SALE, "l0-descripcion": "@"}),
        "invoice": ("invoice", "facturas/nueva/", {**SAID, "l0-descripcion": "@"}),
        "customer:new": ("customer:new", "clientes/nuevo/", {"nombre": "@"}),
        "customer": (f"customer:{customer}", f"clientes/{customer}/datos/", {"nombre": "@"}),
        "product:new": ("product:new", "productos/nuevo/", {**article, "key": "NUE-1"}),
        "product": (f"product:{product}", f"productos/{product}/", article),
        "branch:new": ("branch:new", "ajustes/sucursales/", {**shop, "code": ""}),
        "branch": (f"branch:{branch}", f"ajustes/sucursales/{branch}/", shop),
        "rules": ("rules", "ajustes/portal/", rules),
        "rules-of-branch": (f"rules-of-branch:{branch}", f"ajustes/portal/{branch}/", rules),
        "texts": ("texts", "ajustes/marca/", {"foot_note": "@", "welcome": ""}),
        "company": ("company", "ajustes/empresa/", {**company, "nombre_comercial": "@"}),
        "contact:new": (f"contact:new:{customer}", f"clientes/{customer}/contactos/nuevo/", {"nombre": "@"}),
        "contact": (f"contact:{contact}", f"clientes/{customer}/contactos/{contact}/", {"nombre": "@"}),
        "mail-house": ("mail-house", "ajustes/correo/?por=house", {"version": "0", "reply_to": "@"}),
        "mail-smtp": ("mail-smtp", "ajustes/correo/?por=smtp", {**smtp, "host": "@"}),
        "mail-proveedor": ("mail-proveedor", "ajustes/correo/?por=proveedor", {**provider, "domain": "@"}),
        "receiver": (
            f"receiver:{ticket}",
            f"mostrador/nota/{ticket}/",
            {**FISICA, "nombre": "@", "rfc_buscado": FISICA["rfc"]},
        ),
        "columns": (
            f"columns:{batch}",
            f"importar/{batch}/columnas/",
            {"descripcion": "@", "col_folio": "Folio", "col_fecha": "Fecha", "col_total": "Total"},
        ),
    }


def typed(said: dict[str, Any], word: str) -> dict[str, Any]:
    return {name: word if value == "@" else value for name, value in said.items()}


SENT_TO = {"texts": "ajustes/marca/textos/"}  # where another address takes what the page sends
ACT = {
    "sale": {"accion": "nota"},
    "invoice": {"accion": "emitir", "rfc_buscado": MORAL["rfc"], **MORAL},
    "rules": {"guardar": "1"},
    "rules-of-branch": {"guardar": "1"},
    "receiver": {"accion": "emitir"},
    "mail-house": {"reply_to": "hola@amate.example"},
    "mail-smtp": {"host": "smtp.amate.example"},
    "mail-proveedor": {"domain": "mg.amate.example", "secret": "clave-de-api"},
}


@pytest.mark.parametrize("name", list(FORMS))
def test_it_is_kept_found_in_a_new_session_and_discarded(world: World, name: str) -> None:
    key, path, said = forms(world)[name]
    client = world.log_in()
    before = page_of(world, client, path)
    assert FOUND not in before
    assert f'data-form="{key}"' in before
    answer = keep(world, client, key, **typed(said, "Palabra recordada"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert re.fullmatch(r"Borrador guardado, \d\d:\d\d", answer.content.decode())
    entries = world.scoped(Entry.objects.count)
    again = world.log_in()
    page = page_of(world, again, path)
    assert FOUND in page
    assert "Palabra recordada" in page
    assert 'class="error-summary"' not in page
    assert "field-error" not in page
    gone = send(world, again, "borradores/descartar/", {"borrador": key})
    assert (gone.status_code, gone["Location"]) == (302, world.shop.office + path)
    after = page_of(world, again, path)
    assert FOUND not in after
    assert "Palabra recordada" not in after
    assert kept(world) == {}
    assert world.scoped(Entry.objects.count) == entries  # a draft is no act


@pytest.mark.parametrize("name", list(FORMS))
def test_success_forgets_it_and_a_refusal_does_not(world: World, name: str) -> None:
    key, path, said = forms(world)[name]
    client = world.log_in()
    to = SENT_TO.get(name, path)
    wrong = {"texts": {"foot_note": "x" * 201}, "rules": {"window_days": "x"}, "rules-of-branch": {"window_days": "x"},
             "sale": {"l0-precio": "x"}, "invoice": {"l0-precio": "x"}, "customer:new": {"rfc": "X"}, "customer": {"rfc": "X"}, "branch": {"cp": "x"},
             "branch:new": {"cp": "x"}, "product": {"precio": "x"}, "product:new": {"precio": "x"},
             "company": {"telefono": "3" * 31}, "contact:new": {"telefono": "1"}, "contact": {"telefono": "1"},
             "mail-house": {"reply_to": "x"}, "mail-smtp": {"port": "x"}, "mail-proveedor": {"sender": "x"},
             "receiver": {"cp": "x"}, "columns": {"clave_unidad": "HHHH"}}[name]  # fmt: skip
    refused = send(world, client, to, typed(said, "Algo") | ACT.get(name, {}) | wrong)
    assert refused.status_code == 422
    ((field, value),) = wrong.items()
    assert kept(world)[key][field] == value
    page = page_of(world, client, path)
    assert FOUND in page
    seen = dict(re.findall(r'name="(visto)" value="(\w+)"', page))
    if name == "invoice":  # only what was looked at is issued
        looked = send(world, client, to, typed(said, "Algo") | ACT[name] | {"accion": "previa"})
        seen = {"revisado": looked.context["revisado"]}
    done = send(world, client, to, typed(said, "Algo") | ACT.get(name, {}) | seen)
    assert done.status_code == 302, done.content.decode()
    assert kept(world) == {}


def test_every_value_of_a_list_of_ticks_comes_back(world: World) -> None:
    client = world.log_in()
    keep(
        world, client, "rules", **RULES, usos=["G01", "G03"], **{"g0-descripcion": "Consumo", "g3-descripcion": "Otro"}
    )
    page = page_of(world, client, "ajustes/portal/")
    assert re.findall(r'name="usos" value="(\w+)"[^>]* checked', page) == ["G01", "G03"]
    assert 'value="Consumo"' in page
    assert not re.search(r'name="until_month_end"[^>]* checked', page)


def test_it_belongs_to_one_person_in_one_company(world: World) -> None:
    client = world.log_in()
    keep(world, client, "customer:new", nombre="Palabra recordada")
    leo = hired(world, Role.OWNER)
    assert "Palabra recordada" not in page_of(world, leo, "clientes/nuevo/")
    send(world, leo, "borradores/descartar/", {"borrador": "customer:new"})
    world.inside(lambda: Membership.objects.create(user=world.shop.owner, company=world.other.company, role=Role.OWNER))
    assert "Palabra recordada" not in page_of(world, client, "clientes/nuevo/", world.other)
    send(world, client, "borradores/descartar/", {"borrador": "customer:new"}, world.other)
    assert "Palabra recordada" in page_of(world, client, "clientes/nuevo/")


def test_who_lost_the_role_sees_and_keeps_nothing(world: World) -> None:
    product = desk.listed(world)
    client, key, path = world.log_in(), f"product:{product}", f"productos/{product}/"
    keep(world, client, key, descripcion="Palabra recordada")
    assert "Palabra recordada" in page_of(world, client, path)
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=Role.CASHIER))
    page = page_of(world, client, path)  # he may still read it
    assert "Palabra recordada" not in page
    assert "data-draft" not in page
    assert keep(world, client, key, descripcion="Otra").status_code == 403
    assert send(world, client, "borradores/descartar/", {"borrador": key}).status_code == 403
    assert keep(world, client, "sale", **SALE).status_code == 200  # of that page he has the role
    assert kept(world)[key]["descripcion"] == "Palabra recordada"


@pytest.mark.parametrize(
    "key", ["", "customer", "customer:", "customer:x", "customer:new:1", "sale:1", "csd", "keys", "x" * 99]
)
def test_a_form_that_keeps_no_draft_is_told_so(world: World, key: str) -> None:
    client = world.log_in()
    for path in ("borradores/", "borradores/descartar/"):
        assert send(world, client, path, {"borrador": key, "nombre": "x"}).status_code == 422
    assert kept(world) == {}


def test_without_its_token_nothing_is_kept(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    world.inside(lambda: client.force_login(world.shop.owner, backend=BACKEND))
    assert keep(world, client, "customer:new", nombre="x").status_code == 403
    assert kept(world) == {}


@pytest.mark.parametrize("name", list(FORMS))
def test_a_secret_is_never_kept(world: World, name: str) -> None:
    """Only fields that the form itself declares; and none of those is a password or a file."""
    key, _, said = forms(world)[name]
    keep(
        world,
        world.log_in(),
        key,
        **typed(said, "x"),
        **dict.fromkeys(SECRETS, "secreto"),
        **{"l0-password": "secreto"},
    )
    assert "secreto" not in str(kept(world))
    assert key in kept(world)
    assert not FORMS[name].fields & set(SECRETS)
    assert not {one for one in FORMS[name].fields if re.search("pass|contras|secret|token|file|logo|key_", one)}


def test_too_much_is_refused_quietly_and_the_form_still_works(world: World) -> None:
    client = world.log_in()
    keep(world, client, "customer:new", nombre="Luz")
    answer = keep(world, client, "customer:new", nombre="x" * LARGEST)
    assert (answer.status_code, "demasiado largo" in answer.content.decode()) == (422, True)
    assert kept(world)["customer:new"]["nombre"] == "Luz"
    sent = send(world, client, "clientes/nuevo/", {"nombre": "Luz Aranda", "correo": "x" * LARGEST})
    assert sent.status_code == 422  # for its mail
    line = {name.removeprefix("l0-"): value for name, value in SALE.items() if name.startswith("l0-")}
    many = {f"l{n}-{name}": value for n in range(80) for name, value in (line | {"descripcion": "x" * 1000}).items()}
    drawn = send(world, client, "mostrador/venta/", {**SALE, **many, "lineas": "80", "accion": "linea"})
    assert (drawn.status_code, len(drawn.context["lines"])) == (200, 81)
    assert list(kept(world)) == ["customer:new"]
    assert send(world, client, "clientes/nuevo/", {"nombre": "Luz Aranda"}).status_code == 302


def test_an_empty_form_is_no_draft_and_emptying_one_forgets_it(world: World) -> None:
    client = world.log_in()
    assert keep(world, client, "sale", **{**SALE, "l0-descripcion": "", "l0-precio": " "}).content == b""
    assert kept(world) == {}
    keep(world, client, "customer:new", nombre="Luz")
    assert keep(world, client, "customer:new", nombre="", uso_cfdi="G03").content == b""
    assert kept(world) == {}


def test_what_no_table_holds_is_taken_away(world: World) -> None:
    keep(world, world.log_in(), "customer:new", nombre="Luz\0 Aranda")
    assert kept(world)["customer:new"]["nombre"] == "Luz Aranda"


def test_an_address_that_says_what_to_fill_in_comes_before_a_draft(world: World) -> None:
    client = world.log_in()
    keep(world, client, "product:new", descripcion="Palabra recordada")
    page = page_of(world, client, "productos/nuevo/?descripcion=Martillo")
    assert "Martillo" in page
    assert "Palabra recordada" not in page
    assert "Palabra recordada" in page_of(world, client, "productos/nuevo/")


# ------------------------------------------------------------ two people, one thing


def test_a_conflict_is_still_told_days_later(world: World) -> None:
    """The draft keeps what the page had shown, not what is there when it is opened again."""
    customer = a_customer(world)
    client, path = world.log_in(), f"clientes/{customer.pk}/datos/"
    seen = re.search(r'name="visto" value="(\w+)"', page_of(world, client, path))
    assert seen
    keep(world, client, f"customer:{customer.pk}", nombre="Luz A.", visto=seen[1])

    def by_another() -> None:
        shown = of_customer(customer, current_of(customer))
        said = {"nombre": "Luz Arana", "correo": ""}
        change_customer(customer_id=customer.pk, receptor=None, **said, seen=shown, now=world.now())

    world.scoped(by_another)
    page = page_of(world, client, path)
    again = re.search(r'name="visto" value="(\w+)"', page)
    assert again
    assert again[1] == seen[1]
    answer = send(world, client, path, {"nombre": "Luz A.", "visto": again[1]})
    assert (answer.status_code, "alguien cambió este cliente" in answer.content.decode()) == (422, True)
    assert world.scoped(lambda: Customer.objects.get(pk=customer.pk).nombre) == "Luz Arana"


@pytest.mark.parametrize("name", ["product", "branch", "rules", "texts", "company"])
def test_the_version_that_was_seen_is_kept_with_what_was_typed(world: World, name: str) -> None:
    key, path, said = forms(world)[name]
    client = world.log_in()
    keep(world, client, key, **typed(said, "Mío"), version="0123456789abcdef")
    assert 'name="version" value="0123456789abcdef"' in page_of(world, client, path)
    sent = typed(said, "Mío") | ACT.get(name, {}) | {"version": "0123456789abcdef"}
    answer = send(world, client, SENT_TO.get(name, path), sent)
    assert (answer.status_code, "No se guardó: alguien cambió" in answer.content.decode()) == (422, True)

    def mine() -> bool:
        return (
            Product.objects.filter(descripcion="Mío").exists()
            or Branch.objects.filter(nombre="Mío").exists()
            or PortalPolicy.objects.filter(sources=["Mío"]).exists()
            or Emisor.objects.filter(foot_note="Mío").exists()
            or Emisor.objects.filter(nombre_comercial="Mío").exists()
        )

    assert not world.scoped(mine)


# ------------------------------------------------------------ the counter


def test_the_buttons_of_a_sale_keep_its_lines_without_a_script(world: World) -> None:
    client = world.log_in()
    send(world, client, "mostrador/venta/", {**SALE, "accion": "linea"})
    assert kept(world)["sale"]["lineas"] == "2"
    page = page_of(world, world.log_in(), "mostrador/venta/")
    assert "Martillo de uña" in page
    assert "Partida 2" in page
    assert f'name="llave" value="{SALE["llave"]}"' in page
    send(world, client, "mostrador/venta/", {**SALE, "accion": "quitar:0"})
    assert "Martillo de uña" not in page_of(world, client, "mostrador/venta/")


def test_a_sale_waits_while_its_receiver_is_asked_for_and_whom_is_never_kept(world: World) -> None:
    client = world.log_in()
    send(world, client, "mostrador/venta/", {**SALE, **MORAL, "accion": "facturar"})
    assert kept(world)["sale"]["l0-descripcion"] == "Martillo de uña"
    assert MORAL["rfc"] not in str(kept(world))
    done = send(world, client, "mostrador/venta/", {**SALE, **MORAL, "rfc_buscado": MORAL["rfc"], "accion": "emitir"})
    assert "/mostrador/factura/" in done["Location"]
    assert kept(world) == {}


def test_two_pages_of_one_draft_sell_two_sales_but_not_unasked(world: World) -> None:
    client = world.log_in()
    keep(world, client, "sale", **SALE)
    first = page_of(world, client, "mostrador/venta/")
    second = page_of(world, client, "mostrador/venta/")
    assert all(f'value="{SALE["llave"]}"' in page for page in (first, second))
    assert send(world, client, "mostrador/venta/", {**SALE, "accion": "nota"}).status_code == 302
    other = {**SALE, "l0-descripcion": "Flete", "accion": "nota"}
    told = send(world, client, "mostrador/venta/", other)
    page = told.content.decode()
    assert told.status_code == 422
    assert "ya se registró como M-1." in page
    assert 'value="Flete"' in page
    assert world.scoped(Ticket.objects.count) == 1
    key = re.search(r'name="llave" value="(\w+)"', page)
    assert key
    assert send(world, client, "mostrador/venta/", {**other, "llave": key[1]}).status_code == 302
    assert world.scoped(Ticket.objects.count) == 2
    assert kept(world) == {}


def test_a_draft_that_outlived_its_sale_never_sells_it_twice(world: World) -> None:
    """The last letter may be kept after the sale was sent: its key tells."""
    client = world.log_in()
    assert send(world, client, "mostrador/venta/", {**SALE, "accion": "nota"}).status_code == 302
    keep(world, client, "sale", **SALE)
    page = page_of(world, client, "mostrador/venta/")
    assert FOUND not in page
    assert SALE["llave"] not in page
    assert kept(world) == {}
    keep(world, client, "sale", **SALE)
    assert send(world, client, "mostrador/venta/", {**SALE, "accion": "nota"}).status_code == 302
    assert kept(world) == {}
    assert world.scoped(Ticket.objects.count) == 1


def test_what_was_typed_of_a_buyer_is_forgotten_after_a_day_and_once_invoiced(world: World) -> None:
    """It is somebody else's data: as long as a visit of the portal, not as long as a form of the company."""
    ticket, client = world.sale().pk, world.log_in()
    path = f"mostrador/nota/{ticket}/"
    keep(world, client, f"receiver:{ticket}", rfc="XOJI740919U48", nombre="Ingrid Xodar")
    keep(world, client, "customer:new", nombre="Luz")
    assert "Ingrid Xodar" in page_of(world, client, path)
    world.time_passes(hours=25)
    client = world.log_in()
    assert "Ingrid Xodar" not in page_of(world, client, path)
    assert world.scoped(lambda: forget_old_drafts(now=world.now())) == 1
    assert list(kept(world)) == ["customer:new"]


def test_the_draft_of_a_contact_that_is_gone_leads_nowhere(world: World) -> None:
    client = world.log_in()
    assert send(world, client, "borradores/descartar/", {"borrador": "contact:999999"}).status_code == 404


def test_each_way_of_mail_has_a_draft_of_its_own(world: World) -> None:
    client = world.log_in()
    keep(world, client, "mail-smtp", host="smtp.uno.example", secret="contrasena-1")
    keep(world, client, "mail-proveedor", way="mailjet", user="clave-publica", secret="contrasena-2")
    assert "smtp.uno.example" in page_of(world, client, "ajustes/correo/?por=smtp")
    assert "smtp.uno.example" not in page_of(world, client, "ajustes/correo/?por=proveedor")
    said = str(kept(world))
    assert "contrasena" not in said
    assert "clave-publica" not in said
