"""Certificates as the SAT makes them, minted at first start and never committed (ENGINE CERT-4).

None has fiscal value: the authority's own name says so, and the PAC simulator refuses to serve any other authority.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from amate.sandbox.sat_key import encrypt_key

NO_VALIDITY = "SIN VALIDEZ FISCAL"
SERIAL_PREFIX = "99999"  # the SAT's own begin with 0000, 2000 and 3000

_NAME = ObjectIdentifier("2.5.4.41")
_NS_CERT_TYPE = ObjectIdentifier("2.16.840.1.113730.1.1")
_NS_CLIENT_AND_SMIME = bytes.fromhex("030205a0")
_YEARS_IN_FORCE = 4
_REPRESENTATIVE = ("GUTE770304XX2", "GUTE770304HDFRRD09")


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority with its key in memory. `cer` is its own certificate, DER."""

    cer: bytes
    key: rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Minted:
    """The two files a company would upload: `cer` DER, `key` PKCS#8 DER that `password` opens."""

    cer: bytes
    key: bytes
    password: str
    no_certificado: str


@dataclass(frozen=True, slots=True)
class World:
    """What one sandbox consists of. `csds` by role: the names of `ROLES` and the bad ones of `BAD_ROLES`."""

    folder: Path
    ca: Authority
    pac: Minted
    csds: Mapping[str, Minted]
    user: str
    password: str

    @property
    def pac_certificate(self) -> Path:
        """The .cer that verifies SelloSAT of everything this sandbox stamps."""
        return self.folder / "pac" / f"{self.pac.no_certificado}.cer"


# Invented people; the RFCs have good check digits and belong to nobody.
ROLES: Mapping[str, tuple[str, str]] = {
    "moral": ("CEA210315XX4", "CAFETERIA EL AMATE SA DE CV"),
    "fisica": ("LOAM850712XX3", "MARIANA LOPEZ ARRIAGA"),
    "enie": ("ÑAI200901XX1", "ÑANDU IMPRESIONES SA DE CV"),
    "ampersand": ("H&T190520XX0", "HOJA & TINTA SC"),
    "network": ("IVA150309XX8", "INTERNET DEL VALLE SA DE CV"),
}
YEARS_AGO = {"network": 2}  # it has a past
BAD_ROLES = ("expired", "fiel", "wrong_pair", "lookalike")
PAC_RFC = "SIM240229XX4"


def mint_ca(*, now: datetime, key_size: int = 4096, nombre: str = f"AC DE PRUEBA {NO_VALIDITY}") -> Authority:
    """A test authority, in force from five years before `now` (aware) so that it can have issued an expired CSD."""
    key = rsa.generate_private_key(65537, key_size)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, nombre),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"AMATE, {NO_VALIDITY}"),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "MX"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(_serial().encode(), "big"))
        .not_valid_before(now - timedelta(days=5 * 366))
        .not_valid_after(now + timedelta(days=20 * 365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(cer=certificate.public_bytes(Encoding.DER), key=key)


def mint_csd(
    *, ca: Authority, rfc: str, nombre: str, password: str, now: datetime, years_ago: int = 0, sucursal: str = "MATRIZ"
) -> Minted:
    """A CSD of `rfc`. `nombre` is the full legal name, capital regime included; `years_ago` ≥ 4 mints an expired one."""
    subject = [*_person(nombre), *_identity(rfc), (NameOID.ORGANIZATIONAL_UNIT_NAME, sucursal)]
    return _leaf(ca, subject, password, now - timedelta(days=366 * years_ago), [(_usage(), False)])


def mint_fiel(*, ca: Authority, rfc: str, nombre: str, password: str, now: datetime) -> Minted:
    """An e.firma: same person, four extensions, and no good for sealing (306)."""
    subject = [
        *_person(nombre),
        (NameOID.COUNTRY_NAME, "MX"),
        (NameOID.EMAIL_ADDRESS, "pruebas@example.com"),
        *_identity(rfc),
    ]
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (_usage(data_encipherment=True, key_agreement=True), False),
        (x509.UnrecognizedExtension(_NS_CERT_TYPE, _NS_CLIENT_AND_SMIME), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
    ]
    return _leaf(ca, subject, password, now, extensions)


def mint_pac(*, ca: Authority, password: str, now: datetime, rfc: str = PAC_RFC) -> Minted:
    """The certificate that signs TFDs; a PAC is known by OU = PAC + its RFC."""
    nombre = f"SIMULADOR DE PAC {NO_VALIDITY}"
    subject = [*_person(nombre), *_identity(rfc), (NameOID.ORGANIZATIONAL_UNIT_NAME, f"PAC{rfc}")]
    return _leaf(ca, subject, password, now, [(_usage(), False)])


def mint_world(folder: Path, *, now: datetime, ca_key_size: int = 4096) -> World:
    """Mint a whole sandbox into `folder` the first time, load it ever after. Two starters at once get the same one."""
    if not (folder / "pac" / "account.json").exists():
        partial = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        _write_world(partial, now=now, ca_key_size=ca_key_size)
        try:
            partial.rename(folder)
        except OSError:
            _remove(partial)
            if not (folder / "pac" / "account.json").exists():
                raise
    return load_world(folder)


def load_world(folder: Path) -> World:
    """The sandbox that `mint_world` wrote. Raises FileNotFoundError when there is none."""
    account = json.loads((folder / "pac" / "account.json").read_text())
    ca_key = _plain_key(folder / "ca" / "ca.key")
    return World(
        folder=folder,
        ca=Authority(cer=(folder / "ca" / "ca.cer").read_bytes(), key=ca_key),
        pac=_read_pair(folder / "pac"),
        # A folder of an older Amate may lack the newer ones.
        csds={role: _read_pair(folder / role) for role in (*ROLES, *BAD_ROLES) if (folder / role).exists()},
        user=account["user"],
        password=account["password"],
    )


# ------------------------------------------------------------ a certificate


def _person(nombre: str) -> list[tuple[ObjectIdentifier, str]]:
    return [(NameOID.COMMON_NAME, nombre[:64]), (_NAME, nombre), (NameOID.ORGANIZATION_NAME, nombre)]


def _identity(rfc: str) -> list[tuple[ObjectIdentifier, str]]:
    moral = len(rfc) == 12
    whose_rfc, whose_curp = _REPRESENTATIVE
    unique = f"{rfc} / {whose_rfc}" if moral else rfc
    curp = f" / {whose_curp}" if moral else f"{rfc[:10]}HDFXXX09"
    return [(NameOID.X500_UNIQUE_IDENTIFIER, unique), (NameOID.SERIAL_NUMBER, curp)]


def _leaf(
    ca: Authority,
    subject: list[tuple[ObjectIdentifier, str]],
    password: str,
    since: datetime,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> Minted:
    key = rsa.generate_private_key(65537, 2048)
    serial = _serial()
    valid_from = since - timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(oid, value) for oid, value in subject]))
        .issuer_name(x509.load_der_x509_certificate(ca.cer).subject)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(serial.encode(), "big"))
        .not_valid_before(valid_from)
        .not_valid_after(valid_from + timedelta(days=365 * _YEARS_IN_FORCE))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    certificate = builder.sign(ca.key, hashes.SHA256())
    return Minted(certificate.public_bytes(Encoding.DER), encrypt_key(key, password), password, serial)


def _usage(
    *, data_encipherment: bool = False, key_agreement: bool = False, key_cert_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=data_encipherment,
        key_agreement=key_agreement,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _serial() -> str:
    """The 20 digits of NoCertificado. The certificate carries them as ASCII in one big-endian integer."""
    digits = 20 - len(SERIAL_PREFIX)
    return SERIAL_PREFIX + f"{secrets.randbelow(10**digits):0{digits}}"


# ------------------------------------------------------------ the folder


def _write_world(folder: Path, *, now: datetime, ca_key_size: int) -> None:
    folder.mkdir(mode=0o700, parents=True)
    ca = mint_ca(now=now, key_size=ca_key_size)
    other = mint_ca(now=now, key_size=ca_key_size, nombre=f"AC PARECIDA {NO_VALIDITY}")
    rfc, nombre = ROLES["moral"]

    def password() -> str:
        return secrets.token_urlsafe(12)

    pairs = {
        role: mint_csd(
            ca=ca, rfc=its_rfc, nombre=its_name, password=password(), now=now, years_ago=YEARS_AGO.get(role, 0)
        )
        for role, (its_rfc, its_name) in ROLES.items()
    }
    pairs["expired"] = mint_csd(
        ca=ca, rfc=rfc, nombre=nombre, password=password(), now=now, years_ago=_YEARS_IN_FORCE + 1
    )
    pairs["fiel"] = mint_fiel(ca=ca, rfc=rfc, nombre=nombre, password=password(), now=now)
    pairs["lookalike"] = mint_csd(ca=other, rfc=rfc, nombre=nombre, password=password(), now=now)
    good, stranger = pairs["moral"], pairs["fisica"]
    pairs["wrong_pair"] = Minted(good.cer, stranger.key, stranger.password, good.no_certificado)
    pairs["pac"] = mint_pac(ca=ca, password=password(), now=now)
    _write(folder / "ca" / "ca.cer", ca.cer)
    _write(folder / "ca" / "ca.key", ca.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    for role, pair in pairs.items():
        _write(folder / role / f"{pair.no_certificado}.cer", pair.cer)
        _write(folder / role / f"{pair.no_certificado}.key", pair.key)
        _write(folder / role / "password.txt", pair.password.encode())
    account = {"user": "demo@example.com", "password": secrets.token_urlsafe(18)}
    _write(folder / "pac" / "account.json", json.dumps(account).encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _read_pair(folder: Path) -> Minted:
    (cer,) = folder.glob("*.cer")
    return Minted(
        cer=cer.read_bytes(),
        key=cer.with_suffix(".key").read_bytes(),
        password=(folder / "password.txt").read_text(),
        no_certificado=cer.stem,
    )


def _plain_key(path: Path) -> rsa.RSAPrivateKey:
    key = load_der_private_key(path.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} is not an RSA key")
    return key


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
