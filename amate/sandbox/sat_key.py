"""A private key encrypted as the SAT's programs do. Passwords of a sandbox protect nothing; the format is the point."""

import secrets

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def encrypt_key(key: rsa.RSAPrivateKey, password: str) -> bytes:
    """PKCS#8 DER under PBES2: PBKDF2 of 2,048 rounds and des-ede3-cbc, as the SAT's own files are.

    `cryptography` opens this scheme but writes only AES, so these few lines write it.
    """
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    salt, iv = secrets.token_bytes(8), secrets.token_bytes(8)
    derived = PBKDF2HMAC(hashes.SHA1(), 24, salt, 2048).derive(password.encode())  # noqa: S303 (PKCS#5's default PRF)
    padder = PKCS7(64).padder()
    encryptor = Cipher(TripleDES(derived), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    kdf = _sequence(_oid("2a864886f70d01050c"), _sequence(_octets(salt), b"\x02\x02\x08\x00"))
    cipher = _sequence(_oid("2a864886f70d0307"), _octets(iv))
    return _sequence(_sequence(_oid("2a864886f70d01050d"), _sequence(kdf, cipher)), _octets(sealed))


def _der(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _octets(content: bytes) -> bytes:
    return _der(0x04, content)


def _oid(hexadecimal: str) -> bytes:
    return _der(0x06, bytes.fromhex(hexadecimal))
