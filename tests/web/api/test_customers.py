"""Customers by the API: told under a key as often as one likes, found, and never doubled."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.test import Client

from amate.audit.models import Entry
from amate.customers.add import add_customer
from amate.customers.current import current_of
from amate.customers.fingerprint import of_pair
from amate.customers.merge import merge_customers
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.reports.whose import customers_meant
from tests.people import MORAL, receptor_of
from tests.web.api.wheel import SURCO, pointers, told
from tests.web.office.desk import Office
from tests.world import World

ROSA = {"nombre": "Rosa Tapia", "correo": "rosa@example.com", "telefono": "55 1234 5678"}


def test_told_every_night_he_is_one_and_changes_only_when_he_changed(world: World) -> None:
    first = told(world, "PUT", "/customers/erp-7", ROSA, status=201)
    assert (first["external_id"], first["nombre"], first["fiscal"]) == ("erp-7", "Rosa Tapia", None)
    acts = world.scoped(lambda: Entry.objects.count())
    assert told(world, "PUT", "/customers/erp-7", ROSA) == first
    assert world.scoped(lambda: Entry.objects.count()) == acts, "nothing changed, so nothing is noted"
    assert world.scoped(lambda: Contact.objects.get().digits) == "5512345678"

    fiscal = told(world, "PUT", "/customers/erp-7", {"nombre": "SURCO DISEÑO", "fiscal": SURCO})
    assert fiscal["fiscal"] == SURCO | {"nombre": "SURCO DISEÑO"}
    assert (fiscal["number"], fiscal["correo"], fiscal["verified"]) == (first["number"], "rosa@example.com", True)
    kept = told(world, "PUT", "/customers/erp-7", {"nombre": "Surco (cliente viejo)", "correo": "otra@example.com"})
    assert (kept["fiscal"], kept["nombre"], kept["correo"]) == (fiscal["fiscal"], "SURCO DISEÑO", "otra@example.com")
    assert told(world, "GET", "/customers/erp-7") == kept
    assert world.scoped(lambda: (Customer.objects.count(), FiscalProfile.objects.count())) == (1, 1)


def test_two_of_one_name_are_two_when_their_keys_say_so(world: World) -> None:
    one = told(world, "PUT", "/customers/a", {"nombre": "Rosa Tapia"}, status=201)
    other = told(world, "PUT", "/customers/b", {"nombre": "Rosa Tapia"}, status=201)
    assert one["number"] != other["number"]


def test_whom_we_know_by_his_rfc_is_given_the_key(world: World) -> None:
    known = world.scoped(lambda: add_customer(nombre="", receptor=receptor_of(MORAL), correo="", now=world.now()))
    body = {"nombre": "SURCO DISEÑO", "fiscal": SURCO}
    assert told(world, "PUT", "/customers/erp-9", body)["number"] == known.number
    refused = told(world, "PUT", "/customers/erp-10", body, status=409)
    assert "con la clave “erp-9”" in refused["detail"]
    told(world, "PUT", "/customers/erp-11", {"nombre": "Rosa"}, status=201)
    taken = told(world, "PUT", "/customers/erp-11", body, status=409)
    assert f"cliente {known.number}" in taken["detail"]
    assert told(world, "GET", "/customers/erp-11")["fiscal"] is None, "nothing was written"


def test_after_a_merge_both_keys_mean_who_remains(world: World) -> None:
    for key in ("a", "b"):
        told(world, "PUT", f"/customers/{key}", {"nombre": "Rosa Tapia"}, status=201)

    def merge() -> None:
        kept, merged = Customer.objects.order_by("id")
        seen = of_pair(kept, current_of(kept), merged, current_of(merged))
        merge_customers(kept_id=kept.pk, merged_id=merged.pk, sat_changed_rfc=False, seen=seen, now=world.now())

    world.scoped(merge)
    assert told(world, "GET", "/customers/b") == told(world, "GET", "/customers/a")
    changed = told(world, "PUT", "/customers/b", {"nombre": "Rosa Tapia Luna"})
    assert (changed["nombre"], changed["external_id"]) == ("Rosa Tapia Luna", "a")
    assert [one["number"] for one in told(world, "GET", "/customers")["items"]] == [changed["number"]]


def test_nobody_overwrites_what_he_never_saw(world: World) -> None:
    def put(name: str, tag: str) -> Any:
        headers = {"Authorization": f"Bearer {world.shop.api_key}", "If-Match": tag}
        said = {"data": {"nombre": name}, "content_type": "application/json", "headers": headers}
        return world.inside(lambda: Client().put("/api/v1/customers/a", **said))

    assert put("Rosa", '"0123"').status_code == 412, "there is nobody yet"
    told(world, "PUT", "/customers/a", {"nombre": "Rosa"}, status=201)
    tag = world.api("GET", "/customers/a")["ETag"]
    assert put("Rosa Tapia", tag).status_code == 200
    assert put("Rosa Luna", tag).status_code == 412
    assert told(world, "GET", "/customers/a")["nombre"] == "Rosa Tapia"
    headers = {
        "Authorization": f"Bearer {world.shop.api_key}",
        "If-None-Match": world.api("GET", "/customers/a")["ETag"],
    }
    assert world.inside(lambda: Client().get("/api/v1/customers/a", headers=headers)).status_code == 304


def test_what_is_wrong_is_named_at_its_field_all_at_once(world: World) -> None:
    bad = {
        "nombre": "X",
        "correo": "rosa@",
        "fiscal": {"rfc": "SDI19", "cp": "4416", "regimen_fiscal": "601", "uso_cfdi": "ZZZ"},
    }
    answer = told(world, "PUT", "/customers/a", bad, status=422)
    assert {"/correo", "/fiscal/rfc", "/fiscal/cp", "/fiscal/uso_cfdi"} <= pointers(answer).keys()
    assert world.scoped(lambda: Customer.objects.count()) == 0
    assert "/nombre" in pointers(told(world, "PUT", "/customers/a", {"nombre": "\x01 "}, status=422))


def test_lists_go_on_where_they_stopped_and_searches_find(world: World) -> None:
    for place in range(5):
        told(world, "PUT", f"/customers/c{place}", {"nombre": f"José Núñez {'abcde'[place] * 3}"}, status=201)
    seen, after = [], ""
    for _ in range(3):
        page = told(world, "GET", f"/customers?limit=2{after}")
        seen += [one["external_id"] for one in page["items"]]
        after = f"&after={page['next']}"
    assert (seen, page["next"]) == ([f"c{place}" for place in range(5)], None)
    assert [one["external_id"] for one in told(world, "GET", "/customers?q=nunez+ddd")["items"]] == ["c3"]
    assert told(world, "GET", "/customers?q=x&after=1", status=422)["errors"][0]["parameter"] == "after"
    standing = told(world, "GET", "/standing?external_id=c3")["items"]
    assert len(standing) == 1


def test_told_at_once_by_ten_he_is_one(world: World) -> None:
    def put(_: int) -> int:
        try:
            said = {"data": {"nombre": "Rosa"}, "content_type": "application/json"}
            headers = {"Authorization": f"Bearer {world.shop.api_key}"}
            return int(Client().put("/api/v1/customers/a", headers=headers, **said).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(put, range(10)))
    assert sorted(codes) == [200] * 9 + [201]
    assert world.scoped(lambda: Customer.objects.count()) == 1


def test_staff_find_and_see_him_by_that_key(world: World) -> None:
    number = told(world, "PUT", "/customers/erp-77", {"nombre": "Rosa Tapia"}, status=201)["number"]
    who = world.scoped(lambda: Customer.objects.get(number=number))
    assert "erp-77</span> en tu otro sistema" in Office(world).text(f"clientes/{who.pk}/")
    assert world.scoped(lambda: customers_meant(text="erp-77", limit=5)) == [who.pk]
