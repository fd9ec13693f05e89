"""Certificates and keys shaped like the SAT's (ENGINE CERT-4), made when a test needs them and never kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from amate.fiscal.csd import Csd

PASSWORD = "12345678a"
FROM = datetime(2026, 1, 1, tzinfo=UTC)
_NAME = ObjectIdentifier("2.5.4.41")


@dataclass(frozen=True)
class Minted:
    cer: bytes
    key: bytes
    plain_key: bytes


@cache
def ca(label: str = "AC de pruebas SIN VALIDEZ FISCAL") -> tuple[bytes, rsa.RSAPrivateKey, x509.Name]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, label)])
    cert = _builder(name, name, key.public_key(), "20001000000100000001", FROM, years=20)
    cert = cert.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    cert = cert.add_extension(_usage(sign_certs=True), critical=True)
    return cert.sign(key, hashes.SHA256()).public_bytes(Encoding.DER), key, name


@cache
def mint(
    *,
    rfc: str = "EKU9003173C9",
    nombre: str = "ESCUELA KEMPER URGATE SA DE CV",
    number: str = "20001000000300000001",
    kind: str = "csd",
    valid_from: datetime = FROM,
    unidad: str = "Matriz",
    ca_label: str = "AC de pruebas SIN VALIDEZ FISCAL",
) -> Minted:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _, ca_key, ca_name = ca(ca_label)
    moral = len(rfc) == 12
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, nombre),
            x509.NameAttribute(_NAME, nombre),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, nombre),
            x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, f"{rfc} / VADA800927DJ3" if moral else rfc),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, " / VADA800927HSRSRL05" if moral else "CACX760510MGTSHC04"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unidad),
        ]
    )
    cert = _builder(ca_name, subject, key.public_key(), number, valid_from, years=4)
    cert = cert.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    cert = cert.add_extension(_usage(encrypts=kind == "fiel"), critical=False)
    if kind == "fiel":
        usages = [ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH]
        cert = cert.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return Minted(
        cer=cert.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.DER),
        key=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode())),
        plain_key=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


@cache
def csd() -> Csd:
    minted = mint()
    return Csd.load(cer=minted.cer, private_key_der=minted.plain_key)


def _builder(
    issuer: x509.Name, subject: x509.Name, public: rsa.RSAPublicKey, number: str, valid_from: datetime, *, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public)
        .serial_number(int.from_bytes(number.encode(), "big"))
        .not_valid_before(valid_from)
        .not_valid_after(valid_from + timedelta(days=365 * years + 1))
    )


def _usage(*, sign_certs: bool = False, encrypts: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=encrypts,
        key_agreement=encrypts,
        key_cert_sign=sign_certs,
        crl_sign=sign_certs,
        encipher_only=False,
        decipher_only=False,
    )
