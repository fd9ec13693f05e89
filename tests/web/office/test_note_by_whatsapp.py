"""A note that is handed over by WhatsApp."""

from urllib.parse import unquote

from tests.world import World


def test_staff_send_a_note_by_whatsapp_with_its_link_and_its_date(world: World) -> None:
    ticket = world.sale()
    office = world.log_in()
    page = office.get(f"{world.shop.office}notas/{ticket.pk}/").content.decode()
    [url] = [one.split('"')[0] for one in page.split('href="') if one.startswith("https://wa.me/")]
    said = unquote(url.partition("text=")[2])
    assert f"{world.shop.portal}{ticket.code}/{ticket.total_cents}" in said
    assert ticket.folio in said
    assert "23:59" in said
    world.claim(ticket)
    assert "wa.me" not in office.get(f"{world.shop.office}notas/{ticket.pk}/").content.decode()
