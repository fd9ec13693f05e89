"""May he be served?, by the API: one, several, everybody, and whoever changed; a picture of it; and nothing of others."""

import csv
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from amate.access.keys import make_api_key
from amate.billing_cycle.collection.exempt import end_exemption
from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.collection.served import answers_for
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.customers.models import Customer
from amate.ledger.references import customer_reference
from amate.web.api import standing as standing_api
from amate.web.badge_token import badge_token, read_badge_token
from tests.billing_cycle.collection import states
from tests.ledger.hands import customer, pays
from tests.world import Shop, World


@pytest.fixture
def at_noon(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The web's day is the day of the states."""
    world._held = states.MORNING
    monkeypatch.setattr("django.utils.timezone.now", world.now)
    return world


def ask(world: World, query: str = "", *, shop: Shop | None = None, **headers: str) -> Any:
    said = {"Authorization": f"Bearer {(shop or world.shop).api_key}", **headers}
    return world.inside(lambda: Client().get(f"/api/v1/standing{query}", headers=said))


def told(world: World, query: str = "", *, shop: Shop | None = None) -> Any:
    answer = ask(world, query, shop=shop)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def people(world: World) -> dict[str, Customer]:
    return world.scoped(lambda: {standing: states.one_in(standing) for standing in Standing})


def test_every_standing_is_what_the_rules_say(at_noon: World) -> None:
    who = people(at_noon)
    query = "?" + "&".join(f"customer={one.number}" for one in who.values())
    found = told(at_noon, query)
    rules = at_noon.scoped(lambda: answers_for([one.pk for one in who.values()], today=states.TODAY))
    assert [one["standing"] for one in found["items"]] == list(who)
    for standing, item in zip(who, found["items"], strict=True):
        answer = rules[who[standing].pk]
        assert (item["served"], item["owed"], item["overdue"]) == (
            answer.serve,
            f"{answer.stand.owed:.2f}",
            f"{answer.stand.overdue_amount:.2f}",
        )
    cut = found["items"][list(who).index("suspended")]
    assert (cut["served"], cut["gen"], cut["oldest_due"]) == ("no", 2, "2026-03-11")
    assert cut["services"][0]["reasons"] == ["nonpayment"]
    assert (cut["services"][0]["desired"], cut["services"][0]["actual"], cut["services"][0]["settled"]) == (
        "suspended", "active", False,
    )  # fmt: skip
    assert "Cliente" not in json.dumps(found), "nobody is named"
    assert (found["more"], found["next"], found["missing"]) == (False, None, [])


def test_a_customer_is_asked_for_by_whatever_the_program_knows(at_noon: World) -> None:
    who = at_noon.scoped(lambda: states.one_in(Standing.IN_TERM))
    line = at_noon.scoped(lambda: who.services.get().external_id)
    at_noon.scoped(lambda: Customer.objects.filter(pk=who.pk).update(rfc="XOJI740919U48"))
    for query in (
        f"customer={who.number}",
        "rfc=xoji740919u48",
        f"external_id={line}",
        f"reference={customer_reference(who.number)}",
    ):
        assert [one["customer"] for one in told(at_noon, f"?{query}")["items"]] == [who.number], query
    several = told(at_noon, f"?customer={who.number}&external_id={line}&customer=999999&rfc=XAXX010101000")
    assert len(several["items"]) == 1
    assert several["missing"] == ["customer:999999", "rfc:XAXX010101000"]


def test_whose_key_is_of_more_than_an_answer_holds_is_told_and_nobody_is_cut_off(
    at_noon: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two() -> str:
        first, second = (states.one_in(standing) for standing in (Standing.IN_TERM, Standing.IN_GRACE))
        line, other = first.services.get(), second.services.get()
        other.switch = SwitchAccount.objects.create(name="Otra", kind=Switch.MANUAL, created_at=states.MORNING)
        other.external_id = line.external_id
        other.save(update_fields=["switch", "external_id"])
        return str(line.external_id)

    shared = at_noon.scoped(two)
    assert len(told(at_noon, f"?external_id={shared}")["items"]) == 2
    monkeypatch.setattr(standing_api, "MOST", 1)
    refused = ask(at_noon, f"?external_id={shared}")
    assert refused.status_code == 422
    [wrong] = json.loads(refused.content)["errors"]
    assert wrong["parameter"] == "external_id"
    assert "más de 1 clientes: pide menos a la vez" in wrong["detail"]


def test_the_same_facts_are_the_same_tag(at_noon: World) -> None:
    who = at_noon.scoped(lambda: states.one_in(Standing.SUSPENDABLE))
    first = ask(at_noon, f"?customer={who.number}")
    again = ask(at_noon, f"?customer={who.number}", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    at_noon.scoped(lambda: pays(who, "p:now", "1.00", day=states.TODAY))
    changed = ask(at_noon, f"?customer={who.number}", **{"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_everybody_is_read_page_by_page_and_then_whoever_changed(at_noon: World) -> None:
    who = people(at_noon)
    every, cursor = [], ""
    while True:
        page = told(at_noon, f"?limit=3{cursor}")
        every += [one["customer"] for one in page["items"]]
        cursor = f"&since={page['next']}"
        if not page["more"]:
            break
    assert every == [one.number for one in who.values()]
    at_noon._held = states.MORNING + timedelta(minutes=30)
    quiet = told(at_noon, f"?limit=3{cursor}")
    while quiet["more"]:  # what was written just before the reading began is told once more
        quiet = told(at_noon, f"?limit=3&since={quiet['next']}")
    at_noon._held = states.MORNING + timedelta(minutes=60)
    nobody = told(at_noon, f"?since={quiet['next']}")
    assert (nobody["items"], nobody["more"]) == ([], False)

    def acts() -> None:
        now = at_noon.now()
        end_exemption(customer_id=who["exempt"].pk, by="ana", today=states.TODAY, now=now)

    at_noon.scoped(acts)
    at_noon._held = states.MORNING + timedelta(minutes=61)
    changed = told(at_noon, f"?since={nobody['next']}")
    assert [one["customer"] for one in changed["items"]] == [who["exempt"].number]


def test_a_day_that_comes_is_a_change_of_who_owes(at_noon: World) -> None:
    who = people(at_noon)
    at_noon._held = states.MORNING + timedelta(hours=1)
    first = told(at_noon)
    at_noon._held = states.MORNING + timedelta(hours=2)
    later = told(at_noon, f"?since={first['next']}")
    assert later["items"] == []
    at_noon._held = states.MORNING + timedelta(days=6)  # who had five days is late, who had promised broke it
    found = {one["customer"]: one["standing"] for one in told(at_noon, f"?since={later['next']}")["items"]}
    assert found[who["in_term"].number] == "in_grace"
    assert found[who["promised"].number] == "suspendable"
    assert who["current"].number not in found


def test_what_cannot_be_meant_is_told(at_noon: World) -> None:
    for query in (
        "?since=x",
        "?clientes=7",
        "?since=c1-2-3&customer=1",
        "?limit=0",
        "?customer=0",
        "?rfc=no",
        "?external_id=%00",
    ):
        answer = ask(at_noon, query)
        assert answer.status_code == 422, query
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["errors"]
    many = "&".join(f"customer={n}&reference=r{n}" for n in range(1, 60))
    assert ask(at_noon, f"?{many}").status_code == 422


def test_another_company_sees_nothing(at_noon: World) -> None:
    who = at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    line = at_noon.scoped(lambda: who.services.get().external_id)
    assert told(at_noon, shop=at_noon.other)["items"] == []
    reference = customer_reference(who.number)
    found = told(at_noon, f"?customer={who.number}&external_id={line}&reference={reference}", shop=at_noon.other)
    assert found["items"] == []
    assert len(found["missing"]) == 3


def test_a_key_that_only_reads_standings_reads_nothing_else(at_noon: World) -> None:
    company = at_noon.shop.company
    key = at_noon.scoped(
        lambda: make_api_key(company=company, name="Mesa de ayuda", scopes=["standing:read"], now=at_noon.now())
    )
    shop = Shop(company, at_noon.shop.branch, key, at_noon.shop.owner)
    assert ask(at_noon, shop=shop).status_code == 200
    path = "/api/v1/tickets/7K4M9QXW2TRP"
    answer = at_noon.inside(lambda: Client().get(path, headers={"Authorization": f"Bearer {key}"}))
    assert answer.status_code == 403


def test_the_whole_list_comes_as_csv_and_not_again_while_nothing_changed(at_noon: World) -> None:
    everybody = people(at_noon)
    bare = at_noon.scoped(lambda: customer("Sin servicio"))

    def listed(shop: Shop | None = None, **headers: str) -> Any:
        said = {"Authorization": f"Bearer {(shop or at_noon.shop).api_key}", **headers}
        return at_noon.inside(lambda: Client().get("/api/v1/standing.csv", headers=said))

    answer = listed()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    *lines, end = answer.content.decode().splitlines()
    rows = {int(one["customer"]): one for one in csv.DictReader(lines)}
    assert end == f"# fin {len(rows)}"
    assert rows.keys() == {one.number for one in [*everybody.values(), bare]}
    items = {one["customer"]: one for one in told(at_noon)["items"]}  # the same as the API says one by one
    for number, row in rows.items():
        item, [service] = items[number], items[number]["services"] or [{"external_id": "", "desired": "", "gen": ""}]
        assert [row[name] for name in ("standing", "served", "balance", "overdue", "oldest_due")] == [
            item[name] or "" for name in ("standing", "served", "balance", "overdue", "oldest_due")
        ]
        assert (row["external_id"], row["desired"], row["gen"]) == (
            service["external_id"], service["desired"], str(service["gen"]),
        )  # fmt: skip
    cut = rows[everybody[Standing.SUSPENDED].number]
    assert (cut["desired"], cut["reasons"], cut["served"]) == ("suspended", "nonpayment", "no")
    again = listed(**{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    at_noon.scoped(lambda: pays(everybody[Standing.IN_GRACE], "p:late", "10.00", day=states.TODAY))
    assert listed(**{"If-None-Match": answer["ETag"]}).status_code == 200
    assert listed(at_noon.other).content.decode().splitlines()[1:] == ["# fin 0"]


def test_the_badge_says_a_word_and_no_name(at_noon: World) -> None:
    who = at_noon.scoped(lambda: states.one_in(Standing.SUSPENDED))
    [item] = told(at_noon, f"?customer={who.number}")["items"]
    path = "/f/" + item["badge_url"].split("/f/", 1)[1]
    picture = at_noon.inside(lambda: Client().get(path))
    said = picture.content.decode()
    assert picture["Content-Type"].startswith("image/svg+xml")
    assert picture["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Suspendido · no se le atiende" in said
    assert "style" not in said
    assert who.nombre not in said
    assert "599" not in said
    other = path.replace(at_noon.shop.slug, at_noon.other.slug)
    assert at_noon.inside(lambda: Client().get(other)).status_code == 404
    assert at_noon.inside(lambda: Client().get(path.replace(".svg", "x.svg"))).status_code == 404
    at_noon._held = states.MORNING + timedelta(days=70)
    assert at_noon.inside(lambda: Client().get(path)).status_code == 404


def test_the_address_of_a_badge_is_the_same_all_month_and_ends() -> None:
    day = states.TODAY
    token = badge_token(company_id=1, customer_id=7, today=day)
    assert token == badge_token(company_id=1, customer_id=7, today=day.replace(day=31))
    assert token != badge_token(company_id=1, customer_id=7, today=day + timedelta(days=31))
    assert read_badge_token(token, company_id=1, today=day) == 7
    assert read_badge_token(token, company_id=2, today=day) is None
    assert read_badge_token(token, company_id=1, today=day.replace(month=4, day=29)) == 7
    assert read_badge_token(token, company_id=1, today=day.replace(month=6)) is None
    assert read_badge_token("7~x", company_id=1, today=day) is None


def test_a_customer_nobody_charged_is_served(at_noon: World) -> None:
    who = at_noon.scoped(lambda: customer("Nadie Le Cobra"))
    [item] = told(at_noon, f"?customer={who.number}")["items"]
    assert (item["standing"], item["served"], item["services"], item["gen"]) == ("current", "yes", [], 0)
