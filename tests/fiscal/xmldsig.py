"""Reading an enveloped rsa-sha1 signature with lxml's canonicalizer: nothing of the product's writer."""

import base64
import copy
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"


def assert_signed(xml: bytes) -> etree._Element:
    """The digest is the document's without its signature, and the certificate inside verifies SignedInfo."""
    root = etree.fromstring(xml)
    signature = root.find(f"{DS}Signature")
    assert signature is not None
    info = signature.find(f"{DS}SignedInfo")
    assert info is not None
    certificate = x509.load_der_x509_certificate(base64.b64decode(signature.findtext(f".//{DS}X509Certificate") or ""))
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(
        base64.b64decode(signature.findtext(f"{DS}SignatureValue") or ""),
        canonical(info),
        padding.PKCS1v15(),
        hashes.SHA1(),
    )
    bare = without_signature(xml)
    digest = hashlib.sha1(bare, usedforsecurity=False).digest()
    assert signature.findtext(f".//{DS}DigestValue") == base64.b64encode(digest).decode()
    return root


def canonical(part: etree._Element) -> bytes:
    """libxml2 writes empty namespaces into a part canonicalized in place, so the part becomes a document first."""
    return etree.tostring(etree.fromstring(etree.tostring(part, with_tail=False)), method="c14n")


def without_signature(xml: bytes) -> bytes:
    root = copy.deepcopy(etree.fromstring(xml))
    for signature in root.findall(f"{DS}Signature"):
        root.remove(signature)
    return etree.tostring(root, method="c14n")


def tampered(xml: bytes, old: bytes, new: bytes) -> bytes:
    assert xml.count(old) == 1
    return xml.replace(old, new)
