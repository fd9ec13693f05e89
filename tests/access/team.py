"""The people of a company, for the tests of who may do what to whom."""

from typing import Any

from amate.access.models import Membership, Role, User
from tests.world import PASSWORD, Shop, World


def hired(world: World, email: str, role: Role, *, shop: Shop | None = None) -> Any:
    """A person in the company with that role. Answers the membership."""

    def hire() -> Membership:
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, nombre="Leo Paz")
        return Membership.objects.create(user=user, company=(shop or world.shop).company, role=role)

    return world.inside(hire)


def owner_of(world: World, *, shop: Shop | None = None) -> Any:
    place = shop or world.shop
    return world.inside(lambda: Membership.objects.get(company=place.company, user=place.owner))


def roles_in(world: World, *, shop: Shop | None = None) -> dict[str, str]:
    """{mail: role} of a company."""
    company = (shop or world.shop).company
    rows = Membership.objects.filter(company=company)
    return dict(world.inside(lambda: list(rows.all().values_list("user__email", "role"))))
