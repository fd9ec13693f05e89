"""What a PAC says it did, believed only after it was checked against what we asked (ENGINE PAC)."""

from collections.abc import Mapping
from uuid import UUID

from amate.adapters.pac import PacAmbiguous, Stamped
from amate.fiscal.acuse import read_acuse
from amate.fiscal.tfd import NotBelieved, believe
from amate.fiscal.xml import MalformedXml


def checked(sealed: bytes, xml: bytes, *, uuid: str, certificates: Mapping[str, bytes], recovered: bool) -> Stamped:
    """Raises `PacAmbiguous` when `xml` does not prove that `sealed` was stamped. `uuid`: what the answer itself says,
    empty when it says none."""
    try:
        timbre = believe(sealed, xml, certificates=certificates)
        if uuid and uuid.upper() != str(timbre.uuid).upper():
            raise NotBelieved("bad_uuid", f"El PAC dice {uuid[:40]} y su timbre dice {timbre.uuid}.")
    except NotBelieved as doubt:
        raise PacAmbiguous(f"{doubt.doubt}: {doubt.message}") from doubt
    return Stamped(
        uuid=timbre.uuid,
        xml=xml,
        fecha_timbrado=timbre.fecha_timbrado,
        rfc_prov_certif=timbre.rfc_prov_certif,
        no_certificado_sat=timbre.no_certificado_sat,
        sello_sat=timbre.sello_sat,
        recovered=recovered,
    )


def checked_acuse(text: object, *, uuid: UUID, code: str, rfc: str, received: str) -> bytes:
    """The acuse as it came; empty when a refusal brought none. `received`: the code that must come with one.

    Raises `PacAmbiguous` when it is missing, or is no acuse of this request.
    """
    if not isinstance(text, str) or not text.strip():
        if code == received:
            raise PacAmbiguous(f"El PAC respondió {code} sin el acuse del SAT")
        return b""
    xml = text.lstrip("\ufeff \r\n\t").encode()
    try:
        acuse = read_acuse(xml)
    except MalformedXml as broken:
        raise PacAmbiguous(f"El acuse no se puede leer: {broken}") from broken
    if acuse.rfc != rfc or acuse.codes.get(uuid) != code:
        raise PacAmbiguous(f"El acuse no es de esta solicitud: {acuse.rfc}, {dict(acuse.codes)}")
    return xml
