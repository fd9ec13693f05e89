"""Certificates of the SAT: reading any of them, and opening the CSD that seals (FISCAL CER-3, ENGINE CERT)."""

import base64
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key

from amate.fiscal import x500

Kind = Literal["csd", "fiel", "other"]
Reason = Literal[
    "not_a_certificate", "not_a_key", "wrong_password", "wrong_pair", "fiel", "other_rfc", "expired", "not_yet_valid"
]

_RFC = re.compile(r"[A-Z&Ñ]{3,4}[0-9]{6}[A-Z0-9]{2}[0-9A]")
_PAC_UNIT = re.compile(r"(?:MEGA)?PAC([A-Z&Ñ]{3,4}[0-9]{6}[A-Z0-9]{2}[0-9A])")
_NO_CERTIFICADO = re.compile(rb"[0-9]{20}")
_PKCS5 = bytes.fromhex("2a864886f70d0105")  # every password-based scheme of PKCS#5, PBES2 among them
_PKCS12_PBE = bytes.fromhex("2a864886f70d010c01")
_ALGORITHM_WITHIN = 80  # an EncryptedPrivateKeyInfo names its scheme in its first bytes
_PADDING = padding.PKCS1v15()
_SHA256 = hashes.SHA256()
_SHA1 = hashes.SHA1()  # noqa: S303 (the SAT's choice for cancellations)


class CsdRefused(Exception):
    """The files cannot seal for this company. `code` is for programs; the message tells the person what to do."""

    def __init__(self, code: Reason, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Certificate:
    """What a SAT certificate says. Dates are aware (UTC); `issuer` and `subject` are raw DER names.

    `no_certificado` is the 20 digits of the serial number (its hexadecimal when it is not a SAT one); `rfc` is empty
    when the subject has none; `nombre` keeps the capital regime, as the SAT writes it in certificates.
    """

    no_certificado: str
    rfc: str
    nombre: str
    kind: Kind
    valid_from: datetime
    valid_to: datetime
    der: bytes
    issuer: bytes
    subject: bytes
    unidad: str
    rfc_pac: str | None
    serial: int

    @cached_property
    def b64(self) -> str:
        return base64.b64encode(self.der).decode()

    @cached_property
    def public_key(self) -> rsa.RSAPublicKey:
        key = x509.load_der_x509_certificate(self.der).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise CsdRefused("not_a_certificate", "Este certificado no es RSA: no lo emitió el SAT.")
        return key

    def verifies(self, *, signature: bytes, data: bytes) -> bool:
        """Whether `signature` is this certificate's RSA PKCS#1 v1.5 SHA-256 over `data`."""
        try:
            self.public_key.verify(signature, data, _PADDING, _SHA256)
        except (InvalidSignature, ValueError):  # ValueError: a signature or key of an impossible size
            return False
        return True


class Csd:
    """A CSD with its key in memory, ready to seal. Made by `read_csd`, or by `Csd.load` from what was kept."""

    def __init__(self, certificate: Certificate, key: rsa.RSAPrivateKey) -> None:
        self.certificate = certificate
        self.no_certificado = certificate.no_certificado
        self.rfc = certificate.rfc
        self.nombre = certificate.nombre
        self.kind = certificate.kind
        self.valid_from = certificate.valid_from
        self.valid_to = certificate.valid_to
        self.der = certificate.der
        self.certificado_b64 = certificate.b64
        self._key = key

    @classmethod
    def load(cls, *, cer: bytes, private_key_der: bytes) -> "Csd":
        """The worker's fast path: files that `read_csd` accepted once, the key now without password (PKCS#8 DER)."""
        try:
            return cls(read_certificate(cer), _rsa(private_key_der, None))
        except ValueError as broken:
            raise CsdRefused("not_a_key", "La llave guardada no se puede leer. Vuelve a subir tu CSD.") from broken

    def sign(self, data: bytes) -> bytes:
        """RSA PKCS#1 v1.5 over SHA-256, as Anexo 20 asks of Sello."""
        return self._key.sign(data, _PADDING, _SHA256)

    def sign_sha1(self, data: bytes) -> bytes:
        """RSA PKCS#1 v1.5 over SHA-1: what the SAT's cancellation service asks for, and nothing else does."""
        return self._key.sign(data, _PADDING, _SHA1)


def read_certificate(cer: bytes) -> Certificate:
    """Read a certificate of any kind from its DER. Raises `CsdRefused("not_a_certificate")`."""
    try:
        parsed = x509.load_der_x509_certificate(cer)
        issuer, subject = x500.names_of(parsed.tbs_certificate_bytes)
        said = x500.attributes(subject)
        kind = _kind(parsed, said)
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension) as broken:
        raise CsdRefused(
            "not_a_certificate",
            "Este archivo no es un certificado. Elige el .cer que descargaste del SAT, sin convertirlo.",
        ) from broken
    unidad = said.get(x500.ORGANIZATIONAL_UNIT, "")
    pac = _PAC_UNIT.match(unidad)
    return Certificate(
        no_certificado=_no_certificado(parsed.serial_number),
        rfc=_rfc(said),
        nombre=said.get(x500.ORGANIZATION) or said.get(x500.NAME) or said.get(x500.COMMON_NAME, ""),
        kind=kind,
        valid_from=parsed.not_valid_before_utc,
        valid_to=parsed.not_valid_after_utc,
        der=cer,
        issuer=issuer,
        subject=subject,
        unidad=unidad,
        rfc_pac=pac[1] if pac else None,
        serial=parsed.serial_number,
    )


def read_csd(*, cer: bytes, key: bytes, password: str, rfc: str | None = None, now: datetime | None = None) -> Csd:
    """Open the two files a company uploads. Raises `CsdRefused` for the first thing wrong, cheapest to mend first.

    `rfc`: the company it must belong to; `now` (aware): the instant it must be in force at. Each is checked when
    given. Revocation and the SAT's list of obligations cannot be known offline.
    """
    certificate = _read_csd_certificate(cer)
    private_key = _open_key(key, password)
    if private_key.public_key().public_numbers() != certificate.public_key.public_numbers():
        raise CsdRefused(
            "wrong_pair",
            f"La llave no corresponde al certificado {certificate.no_certificado}. "
            "Sube el .cer y el .key que se generaron juntos.",
        )
    _refuse_other_rfc(certificate, rfc)
    _refuse_out_of_force(certificate, now)
    return Csd(certificate, private_key)


def check_csd_certificate(*, cer: bytes, rfc: str, now: datetime) -> Certificate:
    """All that `read_csd` can see without the key: for those who may not open it. Raises `CsdRefused`."""
    certificate = _read_csd_certificate(cer)
    _refuse_other_rfc(certificate, rfc)
    _refuse_out_of_force(certificate, now)
    return certificate


def issued_by(cert: Certificate, ca_cert: Certificate) -> bool:
    """Whether `ca_cert` signed `cert`. Dates and revocation are not looked at."""
    if cert.issuer != ca_cert.subject:
        return False
    parsed = x509.load_der_x509_certificate(cert.der)
    algorithm = parsed.signature_hash_algorithm
    if algorithm is None:
        return False
    try:
        ca_cert.public_key.verify(parsed.signature, parsed.tbs_certificate_bytes, _PADDING, algorithm)
    except InvalidSignature:
        return False
    return True


def private_key_der(*, key: bytes, password: str) -> bytes:
    """The key without its password, as `Csd.load` wants it: only to be encrypted at once with the master key."""
    return _open_key(key, password).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _read_csd_certificate(cer: bytes) -> Certificate:
    certificate = read_certificate(cer)
    if certificate.kind == "fiel":
        raise CsdRefused(
            "fiel",
            "Esto es tu e.firma, no tu CSD. Para facturar se usa el Certificado de Sello Digital: "
            "trámitalo en el SAT con Certifica y sube aquí su .cer y su .key.",
        )
    if certificate.kind != "csd" or not certificate.rfc:
        raise CsdRefused(
            "not_a_certificate", "Este certificado no es un CSD. Sube el .cer de tu Certificado de Sello Digital."
        )
    return certificate


def _open_key(key: bytes, password: str) -> rsa.RSAPrivateKey:
    head = key[:_ALGORITHM_WITHIN]
    if _PKCS5 not in head and _PKCS12_PBE not in head:
        raise CsdRefused(
            "not_a_key", "Este archivo no es la llave privada del SAT. Elige el .key que acompaña a tu .cer."
        )
    # The SAT's programs have written passwords with ñ in both encodings.
    for encoded in dict.fromkeys((password.encode(), password.encode("latin-1", "replace"))):
        try:
            return _rsa(key, encoded)
        except ValueError as wrong:
            failure = wrong
    raise CsdRefused(
        "wrong_password",
        "La contraseña no abre esta llave. Es la que escribiste al generar el CSD en Certifica, "
        "no la de tu e.firma ni la del portal del SAT.",
    ) from failure


def _rsa(key: bytes, password: bytes | None) -> rsa.RSAPrivateKey:
    """ValueError: the password does not open it."""
    try:
        opened = load_der_private_key(key, password)
    except (TypeError, UnsupportedAlgorithm) as broken:
        raise CsdRefused("not_a_key", "No se pudo leer la llave privada. Vuelve a descargar el .key.") from broken
    if not isinstance(opened, rsa.RSAPrivateKey):
        raise CsdRefused("not_a_key", "Esta llave no es RSA: no es el .key de un CSD.")
    return opened


def _refuse_other_rfc(certificate: Certificate, rfc: str | None) -> None:
    if rfc is not None and certificate.rfc != rfc.strip().upper():
        raise CsdRefused(
            "other_rfc",
            f"Este CSD es de {certificate.rfc} y tu empresa es {rfc}. Sube el de tu empresa o corrige su RFC.",
        )


def _refuse_out_of_force(certificate: Certificate, now: datetime | None) -> None:
    if now is None:
        return
    if now > certificate.valid_to:
        raise CsdRefused(
            "expired",
            f"Este CSD venció el {certificate.valid_to:%d/%m/%Y}. Genera uno nuevo en el portal del SAT (CertiSAT Web) "
            "y súbelo aquí.",
        )
    if now < certificate.valid_from:
        raise CsdRefused(
            "not_yet_valid",
            f"Este CSD empieza a valer el {certificate.valid_from:%d/%m/%Y a las %H:%M} UTC. "
            "Espera a esa hora o sube el que tienes en vigor; si ya pasó, corrige el reloj del servidor.",
        )


def _no_certificado(serial: int) -> str:
    raw = serial.to_bytes((serial.bit_length() + 7) // 8 or 1, "big")
    return raw.decode() if _NO_CERTIFICADO.fullmatch(raw) else f"{serial:x}"


def _rfc(said: dict[str, str]) -> str:
    """`RFC` or `RFC / RFC of the representative`."""
    first = said.get(x500.UNIQUE_IDENTIFIER, "").split("/")[0].strip()
    return first if _RFC.fullmatch(first) else ""


def _kind(parsed: x509.Certificate, said: dict[str, str]) -> Kind:
    """CERT-2: a CSD signs and cannot deny it, and nothing else; an e.firma has extended usages too."""
    try:
        usage = parsed.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return "other"
    if not (usage.digital_signature and usage.content_commitment) or usage.key_cert_sign:
        return "other"
    if _PAC_UNIT.match(said.get(x500.ORGANIZATIONAL_UNIT, "")):
        return "other"
    oids = {extension.oid for extension in parsed.extensions}
    extended = x509.ExtendedKeyUsage.oid in oids or usage.data_encipherment or usage.key_agreement
    return "fiel" if extended else "csd"
