"""The Python client that `make client` generates from the API's own description, over real HTTP."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amate.web.api.api import api
from tests.web.api.sales import sale
from tests.world import World

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: Any) -> Iterator[str]:
    """What the generator said; its package can be imported meanwhile."""
    folder = tmp_path_factory.mktemp("client")
    described = folder / "openapi.json"
    described.write_text(json.dumps(api.get_openapi_schema(), default=str))
    config = folder / "config.yml"
    config.write_text((ROOT / "clients/python/config.yml").read_text() + "post_hooks: []\n")
    how = ["--path", described, "--config", config, "--output-path", folder / "made", "--meta", "setup"]
    maker = Path(sys.executable).with_name("openapi-python-client")
    said = subprocess.run([maker, "generate", *how], capture_output=True, text=True, check=True)
    sys.path.insert(0, str(folder / "made"))
    yield said.stdout + said.stderr
    sys.path.remove(str(folder / "made"))
    for name in [one for one in sys.modules if one.split(".")[0] == "amate_client"]:
        del sys.modules[name]


def act(name: str) -> Any:
    """`notas.put_ticket`, as the client calls it."""
    return importlib.import_module(f"amate_client.api.{name}").sync


def model(name: str) -> Any:
    return getattr(importlib.import_module("amate_client.models"), name)


def test_no_operation_is_left_out_and_each_has_a_short_name_of_its_own(generated: str) -> None:
    assert "WARNING" not in generated, generated
    assert "ERROR" not in generated, generated
    operations = [one["operationId"] for path in api.get_openapi_schema()["paths"].values() for one in path.values()]
    assert len(set(operations)) == len(operations)
    package = importlib.import_module("amate_client.api").__path__[0]
    modules = {path.stem for path in Path(package).glob("*/*.py") if path.stem != "__init__"}
    assert modules == set(operations)


def test_a_program_sells_asks_and_is_refused_through_it(
    generated: str, world: World, request: pytest.FixtureRequest
) -> None:
    invoice: Any = world.claim(world.sale())
    world.settle()
    stamp = world.scoped(lambda: invoice.stamp)
    live = request.getfixturevalue("live")  # whose worker would have kept the promise beside us
    client = importlib.import_module("amate_client").AuthenticatedClient(live, token=world.shop.api_key)
    put_ticket, said = act("notas.put_ticket"), model("SaleIn").from_dict(sale())
    first = put_ticket("caja-1", "A-1", client=client, body=said)
    assert put_ticket("caja-1", "A-1", client=client, body=said) == first
    assert act("notas.read_ticket")(first.code, client=client).total == "116.00"

    other = put_ticket("caja-1", "A-1", client=client, body=model("SaleIn").from_dict(sale(total="117.00")))
    assert (type(other), other.status) == (model("Problem"), 409)

    rosa = model("CustomerIn").from_dict({"nombre": "Rosa Tapia", "correo": "rosa@example.com"})
    assert act("clientes.put_customer")("erp-7", client=client, body=rosa).nombre == "Rosa Tapia"
    listed = act("clientes.list_customers")(client=client)
    assert "erp-7" in [one.external_id for one in listed.items]

    uuid = str(stamp.uuid)
    assert act("facturas.read_invoice")(uuid, client=client).total == str(invoice.total)
    assert act("facturas.read_xml")(uuid, client=client) == bytes(stamp.xml)
    assert act("facturas.read_pdf")(uuid, client=client).startswith(b"%PDF-")
    nobody = importlib.import_module("amate_client").AuthenticatedClient(live, token="amate_de_nadie")
    assert act("facturas.read_invoice")(uuid, client=nobody).status == 401
