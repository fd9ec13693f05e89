"""The simulator's own routes, with plain HTTP and with satcfdi's SW client as a second witness."""

import base64
import time
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from lxml import etree
from satcfdi.cfdi import CFDI
from satcfdi.create.cancela.aceptacionrechazo import Folios, SolicitudAceptacionRechazo
from satcfdi.create.cancela.cancelacion import Cancelacion, Folio
from satcfdi.create.cfd import cfdi40
from satcfdi.exceptions import ResponseError
from satcfdi.models import Signer
from satcfdi.pacs import Environment
from satcfdi.pacs.swsapien import SWSapien

from amate.fiscal.tfd import believe, read_timbre, verify_sello_sat
from amate.sandbox.mint import Authority, World
from amate.sandbox.pac.app import create_app
from amate.sandbox.pac.desk import NotASandbox
from amate.sandbox.pac.faults import Fault, draw, read_fault, read_header
from amate.sandbox.pac.rules import ORDERED
from amate.sandbox.pac.state import MemoryStore
from tests.sandbox.documents import draft, open_pair, seal_tree, sealed
from tests.sandbox.schemas import full_schema, tfd_cadena
from tests.sandbox.serving import Simulator

STAMP = "/v4/cfdi33/stamp/v4"


@pytest.fixture
def http(simulator: Simulator) -> httpx.Client:
    return httpx.Client(base_url=simulator.url, trust_env=False)


@pytest.fixture
def token(http: httpx.Client, minted: World) -> str:
    said = http.post("/v2/security/authenticate", json={"user": minted.user, "password": minted.password}).json()
    assert said["status"] == "success"
    assert said["data"]["tokeny_type"] == "Bearer"
    assert said["data"]["expires_in"] == pytest.approx(time.time() + 7200, abs=30)
    return str(said["data"]["token"])


def post(http: httpx.Client, token: str, xml: bytes, path: str = STAMP, **headers: str) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token}", **headers}
    return http.post(path, files={"xml": ("xml", xml, "text/xml")}, headers=bearer)


# ------------------------------------------------------------ the wire


def test_a_stamp_answers_all_that_sw_documents(http: httpx.Client, token: str, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    answer = post(http, token, document, customid="c-1")
    data = answer.json()["data"]
    timbre = believe(document, data["cfdi"].encode(), certificates={minted.pac.no_certificado: minted.pac.cer})
    assert answer.status_code == 200
    assert data["uuid"] == str(timbre.uuid).upper()
    assert data["selloSAT"] == timbre.sello_sat
    assert data["selloCFDI"] == timbre.sello_cfd
    assert data["noCertificadoSAT"] == minted.pac.no_certificado
    assert data["noCertificadoCFDI"] == minted.csds["moral"].no_certificado
    assert data["fechaTimbrado"] == timbre.fecha_timbrado.isoformat()
    assert data["cadenaOriginalSAT"] == timbre.cadena
    fetched = http.get(f"/datawarehouse/v1/live/{data['uuid']}", headers={"Authorization": f"Bearer {token}"}).json()
    assert fetched["data"]["cfdi"] == data["cfdi"]


def test_the_same_in_base64(http: httpx.Client, token: str, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    data = post(http, token, base64.b64encode(document), f"{STAMP}/b64").json()["data"]
    assert read_timbre(base64.b64decode(data["cfdi"])).leyenda == "SIN VALIDEZ FISCAL"
    assert post(http, token, b"%%%", f"{STAMP}/b64").json()["message"].startswith("301")


def test_an_error_carries_code_message_and_detail(http: httpx.Client, token: str) -> None:
    answer = post(http, token, b"<nada/>")
    said = answer.json()
    assert answer.status_code == 400
    assert (said["status"], said["data"]) == ("error", None)
    assert said["message"].startswith("301 - ")
    assert "nada" in said["messageDetail"]


@pytest.mark.parametrize(
    "path", [STAMP, "/management/v2/api/users/balance", "/account/balance", "/datawarehouse/v1/live/x"]
)
def test_without_a_session_everything_is_401(http: httpx.Client, path: str) -> None:
    answer = http.post(path) if path == STAMP else http.get(path)
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("AU4101")


@pytest.mark.parametrize("said", [{"user": "x", "password": "y"}, {"user": "x"}, []])
def test_nobody_else_gets_a_session(http: httpx.Client, said: Any) -> None:
    answer = http.post("/v2/security/authenticate", json=said)
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("AU2000")


def test_it_will_not_seal_for_anybody(http: httpx.Client, token: str, minted: World, now: datetime) -> None:
    answer = post(http, token, sealed(minted, now=now), "/v4/cfdi33/issue/v4")
    assert answer.status_code == 400
    assert "no sella" in answer.json()["message"]


def test_both_balances_count_what_is_left(
    http: httpx.Client, token: str, simulator: Simulator, minted: World, now: datetime
) -> None:
    simulator.admin("PUT", "credits", {"left": 3})
    document = sealed(minted, now=now)
    post(http, token, document)
    post(http, token, document)  # a 307 costs nothing
    bearer = {"Authorization": f"Bearer {token}"}
    new = http.get("/management/v2/api/users/balance", headers=bearer).json()["data"]
    old = http.get("/account/balance", headers=bearer).json()["data"]
    assert (new["stampsBalance"], new["stampsUsed"], new["isUnlimited"]) == (2, 1, False)
    assert (old["saldoTimbres"], old["timbresUtilizados"]) == (2, 1)


def test_a_header_asks_for_a_fault_of_this_request_only(
    http: httpx.Client, token: str, minted: World, now: datetime
) -> None:
    document = sealed(minted, now=now)
    assert post(http, token, document, **{"X-Sim-Fault": "500_before"}).status_code == 500
    assert post(http, token, document).status_code == 200
    with pytest.raises(httpx.RemoteProtocolError):
        post(http, token, document, **{"X-Sim-Fault": "drop_after"})
    assert post(http, token, document, **{"X-Sim-Fault": "nonsense"}).status_code == 400


# ------------------------------------------------------------ satcfdi, the second witness


class Witness(SWSapien):  # type: ignore[misc]  # untyped
    def __init__(self, url: str, token: str) -> None:
        super().__init__(token=token, environment=Environment.TEST)
        self._url = url

    def _host(self, service: str = "services") -> str:
        return self._url


def built(minted: World, now: datetime) -> CFDI:
    """Built and sealed by satcfdi alone; only its clock comes from us (ENGINE D-2)."""
    pair = minted.csds["moral"]
    signer = Signer.load(certificate=pair.cer, key=pair.key, password=pair.password)
    fecha = (now - timedelta(minutes=1)).astimezone(ZoneInfo("America/Mexico_City"))
    cfdi = cfdi40.Comprobante(
        emisor=cfdi40.Emisor(rfc="CEA210315XX4", nombre="CAFETERIA EL AMATE", regimen_fiscal="601"),
        lugar_expedicion="06000",
        fecha=fecha.replace(tzinfo=None, microsecond=0),
        receptor=cfdi40.Receptor(
            rfc="MCI7306249Y1",
            nombre="MUNICIPIO DE CUAUTITLAN IZCALLI",
            uso_cfdi="G03",
            domicilio_fiscal_receptor="54700",
            regimen_fiscal_receptor="603",
        ),
        metodo_pago="PUE",
        forma_pago="03",
        serie="W",
        folio="1",
        conceptos=[
            cfdi40.Concepto(
                clave_prod_serv="90101501",
                cantidad=Decimal("2.00"),
                clave_unidad="E48",
                descripcion="Desayuno",
                valor_unitario=Decimal("100.00"),
                impuestos=cfdi40.Impuestos(traslados=cfdi40.Traslado("002", "Tasa", Decimal("0.160000"))),
            )
        ],
    )
    cfdi.sign(signer)
    return cfdi


def test_satcfdi_stamps_through_it_and_its_stamp_verifies(
    simulator: Simulator, token: str, minted: World, now: datetime
) -> None:
    cfdi = built(minted, now)
    document = Witness(simulator.url, token).stamp(cfdi, ref_id="witness-1")
    timbre = read_timbre(document.xml)
    assert timbre.cadena == tfd_cadena(document.xml)
    assert verify_sello_sat(timbre=timbre, certificate=minted.pac.cer)
    assert full_schema().validate(etree.fromstring(document.xml)), full_schema().error_log
    assert document.document_id == str(timbre.uuid).upper()
    pac = Signer.load(certificate=minted.pac.cer, key=minted.pac.key, password=minted.pac.password)
    assert pac.verify_sha256(timbre.cadena.encode(), base64.b64decode(timbre.sello_sat))
    recovered = Witness(simulator.url, token).recover(document.document_id)
    assert recovered["data"]["cfdi"].encode() == document.xml


def test_satcfdi_is_told_307_with_the_same_uuid(simulator: Simulator, token: str, minted: World, now: datetime) -> None:
    cfdi, witness = built(minted, now), Witness(simulator.url, token)
    first = witness.stamp(cfdi)
    with pytest.raises(ResponseError) as again:
        witness.stamp(cfdi)
    said = again.value.response.json()
    assert said["message"].startswith("307")
    assert said["data"]["uuid"] == first.document_id


def signer_of(minted: World, role: str) -> Signer:
    pair = minted.csds[role]
    return Signer.load(certificate=pair.cer, key=pair.key, password=pair.password)


def test_satcfdi_cancels_through_it(simulator: Simulator, token: str, minted: World, now: datetime) -> None:
    witness = Witness(simulator.url, token)
    uuid = witness.stamp(built(minted, now)).document_id
    request = Cancelacion(signer_of(minted, "moral"), Folio(uuid, "02"), fecha=now.replace(tzinfo=None))
    said = witness.cancel_comprobante(request)
    assert said.code == {uuid: "201"}
    assert etree.fromstring(said.acuse.encode()).findtext(".//{*}EstatusUUID") == "201"
    assert witness.cancel_comprobante(request).code == {uuid: "202"}
    unknown = "11111111-2222-3333-4444-000000000001"
    request = Cancelacion(signer_of(minted, "moral"), Folio(unknown, "02"), fecha=now.replace(tzinfo=None))
    with pytest.raises(ResponseError) as refused:
        witness.cancel_comprobante(request)
    assert refused.value.response.json()["data"]["uuid"] == {unknown: "205"}


def test_satcfdi_finds_what_waits_and_answers_it(
    simulator: Simulator, token: str, minted: World, now: datetime
) -> None:
    witness = Witness(simulator.url, token)
    root = draft(now=now, role="fisica", cents=100_000)
    receptor = root.find("{*}Receptor")
    assert receptor is not None
    receptor.set("Rfc", "CEA210315XX4")
    receptor.set("Nombre", "CAFETERIA EL AMATE")
    http = httpx.Client(base_url=simulator.url, trust_env=False)
    uuid = post(http, token, seal_tree(root, open_pair(minted.csds["fisica"]))).json()["data"]["uuid"]
    simulator.admin("POST", "clock", {"advance": 5 * 86_400})
    request = Cancelacion(signer_of(minted, "fisica"), Folio(uuid, "02"), fecha=now.replace(tzinfo=None))
    assert witness.cancel_comprobante(request).code == {uuid: "201"}
    assert witness.pending("CEA210315XX4") == [uuid]
    answer = SolicitudAceptacionRechazo(
        signer_of(minted, "moral"), SWSapien.RFC, Folios("Rechazo", uuid), fecha=now.replace(tzinfo=None)
    )
    said = witness.accept_reject(answer)
    assert said.folios[uuid]["estatusUUID"] == "1000"
    assert witness.pending("CEA210315XX4") == []


# ------------------------------------------------------------ its strings


def test_reset_forgets_everything(simulator: Simulator) -> None:
    simulator.admin("PUT", "credits", {"left": 3})
    simulator.fault("hang")
    simulator.admin("PUT", "lists", {"revoked": ["1"]})
    simulator.admin("POST", "reset")
    assert simulator.admin("GET", "credits") == {"left": None}
    assert simulator.admin("GET", "faults") == []
    assert simulator.admin("GET", "lists") == {}
    assert simulator.admin("GET", "documents")["count"] == 0


def test_its_clock_can_be_moved(
    http: httpx.Client, token: str, simulator: Simulator, minted: World, now: datetime
) -> None:
    simulator.admin("POST", "clock", {"advance": 73 * 3600})
    assert post(http, token, sealed(minted, now=now)).json()["message"].startswith("401")
    simulator.admin("POST", "clock", {"set": now.isoformat()})
    assert post(http, token, sealed(minted, now=now)).status_code == 200


def test_loaded_lists_are_held_against_the_receiver(
    http: httpx.Client, token: str, simulator: Simulator, minted: World, now: datetime
) -> None:
    document = sealed(minted, now=now)
    simulator.admin("PUT", "lists", {"receivers": {"URE180429TM6": {"nombre": "X"}}})
    assert post(http, token, document).json()["message"].startswith("CFDI40143")
    simulator.admin("PUT", "lists", {"receivers": {"MCI7306249Y1": {"nombre": "OTRO"}}})
    assert post(http, token, document).json()["message"].startswith("CFDI40145")
    simulator.admin("PUT", "lists", {"revoked": [minted.csds["moral"].no_certificado]})
    assert post(http, token, document).json()["message"].startswith("304")


def test_documents_are_listed_and_shown(
    http: httpx.Client, token: str, simulator: Simulator, minted: World, now: datetime
) -> None:
    data = post(http, token, sealed(minted, now=now), customid="c-9").json()["data"]
    (row,) = simulator.admin("GET", "documents")["documents"]
    assert (row["uuid"], row["customid"], row["total"]) == (data["uuid"], "c-9", "232.00")
    assert http.get(f"/_sim/documents/{data['uuid']}").content == data["cfdi"].encode()


@pytest.mark.parametrize(
    ("method", "name", "body"),
    [
        ("POST", "faults", {"kind": "nonsense"}),
        ("POST", "clock", {"set": "2026-01-01"}),
        ("PUT", "lists", {"mode": "x"}),
    ],
)
def test_a_mistake_is_told(http: httpx.Client, method: str, name: str, body: Any) -> None:
    answer = http.request(method, f"/_sim/{name}", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]


@pytest.mark.parametrize(("host", "status"), [("192.0.2.7", 403), ("127.0.0.1", 200), ("::1", 200)])
async def test_only_this_machine_pulls_them(minted: World, host: str, status: int) -> None:
    app = create_app(minted, MemoryStore(), datetime.now)
    there = httpx.ASGITransport(app=app, client=(host, 5))
    async with httpx.AsyncClient(transport=there, base_url="http://pac") as client:
        assert (await client.post("/_sim/reset")).status_code == status


def test_every_check_is_listed_with_its_source(simulator: Simulator) -> None:
    listed = simulator.admin("GET", "checks")
    codes = [row["code"] for row in listed["checks"]]
    assert [rule.code for rule in ORDERED] == codes[-len(ORDERED) :]
    assert {"301", "302", "303", "304", "305", "306", "307", "308", "401", "402", "CFDI3307"} <= set(codes)
    assert all(row["source"] for row in listed["checks"])
    assert listed["not_checked"]


def test_it_does_not_start_beside_a_real_authority(minted: World) -> None:
    real = World(
        folder=minted.folder,
        ca=Authority(cer=minted.csds["moral"].cer, key=minted.ca.key),  # a name without the words
        pac=minted.pac,
        csds=minted.csds,
        user="u",
        password="p",
    )
    with pytest.raises(NotASandbox, match="SIN VALIDEZ FISCAL"):
        create_app(real, MemoryStore(), datetime.now)


# ------------------------------------------------------------ faults


def test_a_counted_fault_strikes_so_many_times() -> None:
    left = [Fault("429", count=2), Fault("latency")]
    struck = []
    for _ in range(3):
        hit, left = draw(left)
        struck.append(sorted(hit))
    assert struck == [["429", "latency"], ["429", "latency"], ["latency"]]


def test_a_probable_fault_strikes_about_so_often() -> None:
    fault = [Fault("hang", probability=0.3)]
    times = sum(bool(draw(fault)[0]) for _ in range(4_000))
    assert 1_000 < times < 1_400
    assert draw([Fault("hang", probability=0.0)])[0] == {}


def test_latency_is_drawn_around_its_median() -> None:
    fault = Fault("latency", ms=100, sigma=0.5)
    delays = sorted(fault.delay for _ in range(2_001))
    assert delays[1_000] == pytest.approx(0.1, rel=0.15)
    assert delays[-1] > 2 * delays[1_000]


def test_faults_are_read_from_header_and_json() -> None:
    assert read_header("latency; ms=200; probability=0.5") == Fault("latency", ms=200.0, probability=0.5)
    for wrong in ({"kind": "x"}, {"kind": "hang", "probability": 2}, {"kind": "hang", "colour": "red"}):
        with pytest.raises(ValueError):
            read_fault(wrong)
