"""Addresses with accents: stored as mail servers read them, or refused with words."""

import pytest

from amate.invoices.models import Invoice
from tests.web.portal.buyer import Buyer, words
from tests.world import World


def test_a_domain_with_accents_is_stored_as_the_dns_knows_it_and_the_mail_arrives(world: World) -> None:
    buyer = Buyer(world.shop)
    buyer.gets_it(world.sale(), correo="ana@ñandú.mx")
    assert world.scoped(lambda: Invoice.objects.get().correo) == "ana@xn--and-6ma2c.mx"
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == ["ana@xn--and-6ma2c.mx"]


def test_another_address_for_the_files_is_read_the_same_way(world: World) -> None:
    buyer = Buyer(world.shop)
    buyer.gets_it(world.sale(), correo="")
    world.settle()
    assert buyer.post("enviar/", {"correo": "ana@ñandú.mx"}).status_code == 302
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == ["ana@xn--and-6ma2c.mx"]


@pytest.mark.parametrize(
    ("correo", "said"),
    [
        ("peña@example.com", "Antes de la arroba el correo solo lleva letras sin acento ni ñ"),
        ("peña@ñandú.mx", "Antes de la arroba el correo solo lleva letras sin acento ni ñ"),
        ("ana@ñ..mx", "Al correo le falta algo"),
        (f"ana@{'ñ' * 70}.mx", "Al correo le falta algo"),
        ("ñandú.mx", "Al correo le falta algo"),
    ],
)
def test_what_no_mail_server_reads_is_refused_with_words(world: World, correo: str, said: str) -> None:
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    answer = buyer.gives(correo=correo)
    assert answer.status_code == 422
    assert said in words(answer)
