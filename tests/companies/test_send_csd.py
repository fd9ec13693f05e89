"""A CSD that came in by the web: judged by the worker, told in words, and its secrets wiped."""

from typing import Any

import pytest

from amate.companies.keep_csd import open_csd
from amate.companies.models import Csd, CsdUpload
from amate.companies.send_csd import send_csd
from amate.fiscal.csd import CsdRefused
from amate.promises.models import Promise
from tests.world import World


def send(world: World, minted: Any, **other: Any) -> CsdUpload:
    said = {"cer": minted.cer, "key": minted.key, "password": minted.password, **other}
    return world.scoped(lambda: send_csd(**said, sent_by="ana@amate.example", now=world.now()))


def again(world: World, upload: CsdUpload) -> CsdUpload:
    return world.scoped(lambda: CsdUpload.objects.get(pk=upload.pk))


def test_the_worker_keeps_it_and_wipes_what_was_sent(world: World) -> None:
    world.scoped(lambda: Csd.objects.all().delete())
    upload = send(world, world.minted.csds["moral"])
    assert again(world, upload).state == "received"
    assert not world.scoped(lambda: Csd.objects.exists())
    world.settle()
    judged = again(world, upload)
    assert (judged.state, bytes(judged.sealed_key), bytes(judged.sealed_password)) == ("kept", b"", b"")
    assert world.scoped(lambda: open_csd(now=world.now())).no_certificado == upload.no_certificado


@pytest.mark.parametrize(
    ("role", "sentence"),
    [("fiel", "Esto es tu e.firma"), ("expired", "Este CSD venció"), ("fisica", "Este CSD es de LOAM850712XX3")],
)
def test_what_the_certificate_shows_is_refused_at_once(world: World, role: str, sentence: str) -> None:
    with pytest.raises(CsdRefused, match=sentence):
        send(world, world.minted.csds[role])
    assert not world.scoped(lambda: CsdUpload.objects.exists() or Promise.objects.exists())


def test_the_key_of_another_certificate_and_a_wrong_password_get_their_own_sentence(world: World) -> None:
    moral, fisica = world.minted.csds["moral"], world.minted.csds["fisica"]
    before = world.scoped(lambda: Csd.objects.get().kept_at)
    wrong = {
        "La llave no corresponde": send(world, moral, key=fisica.key, password=fisica.password),
        "La contraseña no abre": send(world, moral, password="no es esta"),
        "no es la llave privada": send(world, moral, key=b"cualquier cosa"),
    }
    world.settle()
    for sentence, upload in wrong.items():
        judged = again(world, upload)
        assert judged.state == "refused"
        assert sentence in judged.verdict
        assert bytes(judged.sealed_key) == b""
    assert world.scoped(lambda: Csd.objects.get().kept_at) == before


def test_what_waited_for_a_seal_goes_out_at_once(world: World) -> None:
    world.scoped(lambda: Csd.objects.all().delete())
    invoice = world.claim(world.sale())
    world.settle()
    assert world.invoice(invoice).state == "draft"
    send(world, world.minted.csds["moral"])
    world.settle()
    world.settle()
    assert world.invoice(invoice).state == "stamped"
