"""A date of the law that comes near is told by mail, once a mark, with the page that mends it."""

from datetime import timedelta
from itertools import product

from django.urls import resolve

from amate.alerts.causes import words_of
from amate.alerts.models import Alert
from amate.alerts.watch import watch_work
from amate.invoices.deadlines import pay_by
from amate.invoices.due import LAST, LATE, SOON, DueKind
from amate.worker.clock import _dates
from tests.alerts.test_alerts import alerts, link_of
from tests.invoices.life import issued
from tests.invoices.month import goes_to, goes_to_next_month
from tests.invoices.test_due import awaited
from tests.world import World


def hour(world: World) -> None:
    world.inside(lambda: _dates(world.now()))
    world.settle()


def test_a_pue_invoice_without_payment_is_told_at_its_months_end_and_when_it_is_late(world: World) -> None:
    last = pay_by(goes_to_next_month(world, 10))
    later = issued(world)
    awaited(world, later)
    hour(world)
    assert alerts(world) == []
    goes_to(world, last - timedelta(days=1))
    for _ in range(3):
        hour(world)
    world.scoped(lambda: watch_work(now=world.now()))
    hour(world)
    (mail,) = alerts(world)
    assert mail["Subject"].startswith("Facturas PUE sin pago: el plazo termina el")
    assert link_of(mail) == f"https://facturas.example/oficina/{world.shop.slug}/facturas/pue/"
    goes_to(world, last + timedelta(days=2))
    hour(world)
    assert alerts(world)[-1]["Subject"].startswith("Facturas PUE que no se pagaron hasta el")
    assert len(alerts(world)) == 2
    assert world.scoped(lambda: Alert.objects.lasting().get().cause) == f"due:pue:late:{last}"


def test_every_date_has_its_words_and_a_page_that_exists(world: World) -> None:
    for kind, mark in product(DueKind, (SOON, LATE)):
        words = words_of(f"due:{kind}:{mark}" + ("" if kind is DueKind.STAMP else ":2026-11-30"))
        assert "{" not in words.subject
        assert (kind is DueKind.STAMP) != ("30 nov 2026" in words.subject)
        assert resolve(f"{world.shop.office}{words.page}").namespace == "office"
    assert "Última semana" in words_of(f"due:cancel:{LAST}:2027-03-31").subject
    assert resolve(f"{world.shop.office}{words_of('sat_differs').page}").namespace == "office"
