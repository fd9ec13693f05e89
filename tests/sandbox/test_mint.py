"""Minted certificates are as the SAT makes them."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from satcfdi.models import Signer

from amate.fiscal.csd import CsdRefused, issued_by, read_certificate, read_csd
from amate.sandbox.mint import BAD_ROLES, PAC_RFC, ROLES, World, mint_world

NOW = datetime.now(UTC)


@pytest.mark.parametrize("role", list(ROLES))
def test_each_csd_opens_with_its_password(minted: World, role: str) -> None:
    pair, (rfc, nombre) = minted.csds[role], ROLES[role]
    csd = read_csd(cer=pair.cer, key=pair.key, password=pair.password, rfc=rfc, now=NOW)
    assert (csd.rfc, csd.nombre, csd.no_certificado) == (rfc, nombre, pair.no_certificado)
    assert len(pair.no_certificado) == 20
    assert issued_by(csd.certificate, read_certificate(minted.ca.cer))


@pytest.mark.parametrize(("role", "reason"), [("expired", "expired"), ("fiel", "fiel"), ("wrong_pair", "wrong_pair")])
def test_the_bad_ones_are_bad_in_their_own_way(minted: World, role: str, reason: str) -> None:
    pair = minted.csds[role]
    with pytest.raises(CsdRefused) as refused:
        read_csd(cer=pair.cer, key=pair.key, password=pair.password, now=NOW)
    assert refused.value.code == reason


def test_the_lookalike_is_a_good_csd_of_another_authority(minted: World) -> None:
    pair = minted.csds["lookalike"]
    csd = read_csd(cer=pair.cer, key=pair.key, password=pair.password, now=NOW)
    assert not issued_by(csd.certificate, read_certificate(minted.ca.cer))


def test_a_wrong_password_does_not_open(minted: World) -> None:
    pair = minted.csds["moral"]
    with pytest.raises(CsdRefused) as refused:
        read_csd(cer=pair.cer, key=pair.key, password="otra")
    assert refused.value.code == "wrong_password"


def test_a_csd_has_two_extensions_an_efirma_four_and_the_subject_its_order(minted: World) -> None:
    csd = x509.load_der_x509_certificate(minted.csds["moral"].cer)
    fiel = x509.load_der_x509_certificate(minted.csds["fiel"].cer)
    assert [extension.oid.dotted_string for extension in csd.extensions] == ["2.5.29.19", "2.5.29.15"]
    assert len(list(fiel.extensions)) == 4
    order = ["2.5.4.3", "2.5.4.41", "2.5.4.10", "2.5.4.45", "2.5.4.5", "2.5.4.11"]
    assert [attribute.oid.dotted_string for attribute in csd.subject] == order
    assert csd.serial_number.to_bytes(20, "big").decode() == minted.csds["moral"].no_certificado
    assert csd.not_valid_after_utc - csd.not_valid_before_utc == timedelta(days=4 * 365)


def test_satcfdi_reads_them_too(minted: World) -> None:
    for role, (rfc, _) in ROLES.items():
        pair = minted.csds[role]
        signer = Signer.load(certificate=pair.cer, key=pair.key, password=pair.password)
        assert (str(signer.rfc), signer.certificate_number) == (rfc, pair.no_certificado)
    pac = Signer.load(certificate=minted.pac.cer, key=minted.pac.key, password=minted.pac.password)
    assert str(pac.rfc_pac) == PAC_RFC


def test_the_key_is_encrypted_as_the_sat_does(minted: World) -> None:
    head = minted.csds["moral"].key[:80]
    assert bytes.fromhex("2a864886f70d01050d") in head  # PBES2
    assert bytes.fromhex("2a864886f70d0307") in head  # des-ede3-cbc
    assert b"\x02\x02\x08\x00" in head  # 2,048 rounds


def test_the_authority_says_what_it_is_worth(minted: World) -> None:
    assert "SIN VALIDEZ FISCAL" in x509.load_der_x509_certificate(minted.ca.cer).subject.rfc4514_string()
    assert minted.pac_certificate.read_bytes() == minted.pac.cer


def test_a_second_start_loads_the_same_world_and_only_the_owner_reads_it(minted: World) -> None:
    again = mint_world(minted.folder, now=NOW)
    assert again.csds == minted.csds
    assert (again.pac, again.user, again.password) == (minted.pac, minted.user, minted.password)
    files = [path for path in minted.folder.rglob("*") if path.is_file()]
    assert len(files) == 3 + 3 * (len(ROLES) + len(BAD_ROLES) + 1)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_two_starters_at_once_get_one_world(tmp_path: Path) -> None:
    made: list[World] = []
    starters = [
        threading.Thread(target=lambda: made.append(mint_world(tmp_path / "w", now=NOW, ca_key_size=2048)))
        for _ in range(2)
    ]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert made[0].pac == made[1].pac
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
