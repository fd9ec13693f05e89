"""A list leaves the house as a file only with whoever may take it: the button is not there and the address refuses."""

import pytest

from amate.access.models import Membership, Role
from amate.desk.lists import LISTS
from amate.web.backoffice.lists import PAGES
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World

TAKES = {Role.OWNER, Role.ADMIN, Role.ACCOUNTANT, Role.COLLECTOR}
# What each list is found under; the audit has readers of its own.
PATHS = {
    "notas": "notas/",
    "facturas": "facturas/",
    "clientes": "clientes/",
    "correos": "correos/",
    "ayuda": "ayuda/",
    "pagos": "pagos/",
}


def test_every_list_of_what_people_said_is_here() -> None:
    # Those of the wheel have each a line for every role in tests/web/who_may_what.py.
    assert set(PATHS) == set(PAGES) - {"auditoria", "productos", "por-cobrar", "servicios", "suscripciones", "planes"}
    assert set(LISTS) == set(PAGES)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_take_a_list_sees_the_button_and_who_may_not_is_refused(
    world: World, office: Office, role: Role
) -> None:
    desk.stamped(world, correo="ingrid@example.com")
    desk.asked_for_help(world)
    desk.banked(world, shop=world.shop)
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=role))
    may = role in TAKES
    for path in PATHS.values():
        page = office.get(path)
        assert page.status_code == 200
        assert (f"{path}exportar/?" in page.content.decode()) is may, path
        assert office.get(f"{path}exportar/", formato="csv").status_code == (200 if may else 403), path
