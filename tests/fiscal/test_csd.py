"""The CSD: what a company uploads, and what must be refused before it seals anything."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from amate.fiscal import x500
from amate.fiscal.csd import Certificate, Csd, CsdRefused, issued_by, private_key_der, read_certificate, read_csd
from amate.sandbox.mint import mint_ca
from tests.corpus import CORPUS, needs_corpus
from tests.fiscal import minting
from tests.fiscal.minting import NOW, PASSWORD, RFC

CERTS = CORPUS / "certs"
AUTHORITIES = ("sat-ca-test/AC_UAT_2022.cer", "sat-ca-test/AC_4096_2018.cer")


def refusal(**given: object) -> CsdRefused:
    files = minting.minted()
    asked = {"cer": files.cer, "key": files.key, "password": PASSWORD, **given}
    with pytest.raises(CsdRefused) as caught:
        read_csd(**asked)  # type: ignore[arg-type]
    return caught.value


def test_it_opens_a_csd_and_signs_what_its_certificate_verifies() -> None:
    files = minting.minted()
    csd = read_csd(cer=files.cer, key=files.key, password=PASSWORD, rfc=RFC, now=NOW)
    assert (csd.rfc, csd.nombre, csd.kind) == (RFC, "ESCUELA KEMPER URGATE SA DE CV", "csd")
    assert csd.no_certificado == files.no_certificado
    signature = csd.sign("||4.0|Ñ||".encode())
    assert csd.certificate.verifies(signature=signature, data="||4.0|Ñ||".encode())
    assert not csd.certificate.verifies(signature=signature, data=b"||4.0|N||")


def test_the_workers_fast_path_signs_the_same() -> None:
    files = minting.minted()
    kept = Csd.load(cer=files.cer, private_key_der=private_key_der(key=files.key, password=PASSWORD))
    assert kept.sign(b"cadena") == minting.csd().sign(b"cadena")
    with pytest.raises(CsdRefused) as caught:
        Csd.load(cer=files.cer, private_key_der=b"spoilt")
    assert caught.value.code == "not_a_key"


@pytest.mark.parametrize(
    ("rfc", "nombre"),
    [("ÑAI200901XX1", "ÑANDU IMPRESIONES SA DE CV"), ("H&T190520XX0", "HOJA & TINTA SC"), ("LOAM850712XX3", "MARIANA")],
)
def test_it_reads_rfcs_with_enie_and_ampersand(rfc: str, nombre: str) -> None:
    files = minting.minted(rfc, nombre)
    csd = read_csd(cer=files.cer, key=files.key, password=PASSWORD, rfc=rfc, now=NOW)
    assert (csd.rfc, csd.nombre) == (rfc, nombre)


def test_a_wrong_password_says_which_one_is_wanted() -> None:
    refused = refusal(password="otra")
    assert refused.code == "wrong_password"
    assert "no la de tu e.firma" in refused.message


def test_a_password_with_enie_opens_in_either_encoding() -> None:
    key = rsa.generate_private_key(65537, 2048)
    encryption = BestAvailableEncryption("contraseña".encode("latin-1"))
    encrypted = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, encryption)
    assert refusal(key=encrypted, password="contraseña").code == "wrong_pair"


def test_it_refuses_the_key_of_another_certificate() -> None:
    assert refusal(key=minting.minted("LOAM850712XX3", "MARIANA").key).code == "wrong_pair"


def test_it_refuses_an_efirma() -> None:
    files = minting.fiel()
    refused = refusal(cer=files.cer, key=files.key)
    assert refused.code == "fiel"
    assert "Certifica" in refused.message


def test_it_refuses_the_csd_of_another_company() -> None:
    refused = refusal(rfc="LOAM850712XX3")
    assert refused.code == "other_rfc"
    assert RFC in refused.message


def test_it_refuses_an_expired_csd_only_when_it_is_told_the_time() -> None:
    files = minting.minted(years_ago=5)
    assert read_csd(cer=files.cer, key=files.key, password=PASSWORD).rfc == RFC
    assert refusal(cer=files.cer, key=files.key, now=NOW).code == "expired"


def test_it_refuses_a_csd_that_is_not_in_force_yet() -> None:
    assert refusal(now=NOW - timedelta(days=400)).code == "not_yet_valid"


@pytest.mark.parametrize("content", [b"", b"<html>", b"-----BEGIN CERTIFICATE-----\nMIIF\n"])
def test_it_refuses_what_is_not_a_certificate(content: bytes) -> None:
    assert refusal(cer=content).code == "not_a_certificate"


def test_it_refuses_an_authority_where_a_csd_is_wanted() -> None:
    assert refusal(cer=minting.authority().cer).code == "not_a_certificate"


def test_it_refuses_what_is_not_a_key() -> None:
    files = minting.minted()
    plain = rsa.generate_private_key(65537, 2048)
    unencrypted = plain.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    elliptic = ec.generate_private_key(ec.SECP256R1())
    other_kind = elliptic.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode()))
    for content in (b"", files.cer, unencrypted, other_kind):
        assert refusal(key=content).code == "not_a_key"


def test_a_truncated_key_is_not_taken_for_a_good_one() -> None:
    assert refusal(key=minting.minted().key[:-40]).code in {"wrong_password", "not_a_key"}


def test_it_knows_who_issued_a_certificate() -> None:
    leaf = read_certificate(minting.minted().cer)
    issuer = read_certificate(minting.authority().cer)
    same_name_other_key = read_certificate(
        mint_ca(now=NOW, key_size=2048, nombre="AC DE PRUEBA SIN VALIDEZ FISCAL").cer
    )
    assert issued_by(leaf, issuer)
    assert not issued_by(leaf, same_name_other_key)
    assert not issued_by(leaf, leaf)


def test_a_certificate_whose_der_is_cut_is_refused_not_a_crash() -> None:
    whole = minting.minted().cer
    for end in range(0, len(whole), 37):
        with pytest.raises(CsdRefused):
            read_certificate(whole[:end])


def test_the_der_reader_refuses_lengths_that_run_past_the_end() -> None:
    with pytest.raises(ValueError, match="truncated"):
        x500.names_of(bytes.fromhex("3082ffff30"))


# ------------------------------------------------------------ the outside's certificates


@cache
def authorities() -> list[Certificate]:
    return [read_certificate((CERTS / name).read_bytes()) for name in AUTHORITIES]


def corpus(name: str) -> bytes:
    return (CERTS / name).read_bytes()


def corpus_files(folder: str) -> list[str]:
    return sorted(path.relative_to(CERTS).as_posix() for path in (CERTS / folder).glob("*.cer"))


@needs_corpus
@pytest.mark.parametrize(
    ("name", "number", "rfc", "to"),
    [
        ("csd-valid/CSD_EKU9003173C9.cer", "30001000000500003416", "EKU9003173C9", datetime(2027, 5, 18, tzinfo=UTC)),
        ("csd-valid/CSD_CACX7605101P8.cer", "30001000000500003316", "CACX7605101P8", datetime(2027, 5, 9, tzinfo=UTC)),
    ],
)
def test_it_reads_the_sats_public_csds(name: str, number: str, rfc: str, to: datetime) -> None:
    read = read_certificate(corpus(name))
    assert (read.no_certificado, read.rfc, read.kind) == (number, rfc, "csd")
    assert read.valid_to.date() == to.date()
    assert any(issued_by(read, ca) for ca in authorities())


@needs_corpus
def test_it_reads_every_expired_csd_with_enie_ampersand_and_latin_1() -> None:
    read = {read_certificate(corpus(name)).rfc for name in corpus_files("expired-negative")}
    assert read == {
        "EKU9003173C9", "H&E951128469", "HAÑ930228SM9", "IAÑL750210963",
        "IVD920810GU2", "RAQÑ7701212M3", "XIQB891116QE4", "ZUÑ920208KL4",
    }  # fmt: skip
    for name in corpus_files("expired-negative"):
        certificate = read_certificate(corpus(name))
        assert certificate.kind == "csd"
        assert certificate.valid_to.year == 2023
        assert any(issued_by(certificate, ca) for ca in authorities())
    assert read_certificate(corpus("expired-negative/zuñ920208kl4_csd.cer")).nombre == "ZAPATERIA URTADO ÑERI SA DE CV"


@needs_corpus
def test_it_refuses_the_sats_own_efirma_before_it_looks_at_the_key() -> None:
    assert refusal(cer=corpus("fiel-valid/FIEL_EKU9003173C9.cer"), key=b"any").code == "fiel"


@needs_corpus
def test_the_lookalike_was_issued_by_no_authority_of_the_sat() -> None:
    lookalike = read_certificate(corpus("lookalike/emisor2021.cer"))
    every = [read_certificate(corpus(name)) for name in corpus_files("sat-ca-test") + corpus_files("sat-ca-prod")]
    assert lookalike.kind == "csd"
    assert not any(issued_by(lookalike, ca) for ca in every)


@needs_corpus
def test_it_reads_authorities_and_pacs_as_neither_csd_nor_efirma() -> None:
    for name in corpus_files("sat-ca-prod") + corpus_files("sat-ca-test"):
        assert read_certificate(corpus(name)).kind == "other"
    assert read_certificate(corpus("sat-ca-prod/ocsp.ac5_sat.cer")).nombre == "Servicio de Administración Tributaria"
    pac = read_certificate(corpus("pac-test/00001000000708361114.cer"))
    assert (pac.kind, pac.rfc_pac, pac.no_certificado) == ("other", "TBN040609RKA", "00001000000708361114")
