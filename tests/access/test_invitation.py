"""An invitation opens the door once, to one mailbox, for a week; and nothing that is kept can open it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from amate.access.accept_invitation import InvitationGone, accept_invitation, find_invitation
from amate.access.invite import invite_person, revoke_invitation, token_of
from amate.access.members import NotAllowed
from amate.access.models import Invitation, Role, User
from amate.audit.models import Entry
from amate.messages.models import Message
from amate.promises.models import Promise
from tests.access.team import hired, owner_of, roles_in
from tests.world import PASSWORD, World

LEO = "leo@amate.example"


def invited(world: World, email: str = LEO, role: Role = Role.CASHIER, by: Any = None) -> Any:
    who = by or owner_of(world)
    return world.scoped(partial(invite_person, email=email, role=role, by=who, now=world.now()))


def person(world: World, email: str = LEO) -> Any:
    return world.inside(lambda: User.objects.create_user(email, PASSWORD, nombre="Leo Paz"))


def accept(world: World, invitation: Any, user: Any) -> Any:
    return world.scoped(partial(accept_invitation, token=token_of(invitation), user=user, now=world.now()))


def test_it_arrives_by_mail_with_a_link_that_works(world: World) -> None:
    invitation = invited(world, " Leo@Amate.Example ")
    world.settle()
    mail: Any = world.mail.mails[-1]
    text = mail.get_body(("plain",)).get_content()
    assert mail["To"] == LEO
    assert mail["Subject"] == "Te invitaron a trabajar en Cafetería El Amate"
    assert mail["Reply-To"] == "ana@amate.example"
    link = f"https://facturas.example/cuenta/invitacion/{token_of(invitation)}/"
    assert link in text
    assert link in mail.get_body(("html",)).get_content()
    assert "Caja" in text
    found: Any = world.inside(lambda: find_invitation(link.rstrip("/").rsplit("/", 1)[1], now=world.now()))
    assert found.pk == invitation.pk


def test_nothing_that_is_kept_opens_the_door(world: World) -> None:
    invitation = invited(world)
    world.settle()
    token = token_of(invitation)
    kept = [
        world.scoped(lambda: [(m.text, m.html, m.subject) for m in Message.objects.all()]),
        world.scoped(lambda: [p.args for p in Promise.objects.all()]),
        world.scoped(lambda: [e.detail for e in Entry.objects.all()]),
        world.inside(lambda: list(Invitation.objects.values())),
    ]
    assert len(kept[0]) == 1
    assert token not in str(kept)
    assert len(token) >= 43  # 256 bits


def test_accepting_it_gives_the_role_once(world: World) -> None:
    invitation, leo = invited(world, role=Role.ACCOUNTANT), person(world)
    accept(world, invitation, leo)
    assert roles_in(world)[LEO] == "accountant"
    with pytest.raises(InvitationGone):
        accept(world, invitation, leo)
    assert world.inside(lambda: find_invitation(token_of(invitation), now=world.now())) is None
    acts = world.scoped(
        lambda: list(Entry.objects.filter(family="person").order_by("id").values_list("act", flat=True))
    )
    assert acts == ["person.invited", "person.joined"]


def test_it_is_good_for_seven_days(world: World) -> None:
    invitation = invited(world)
    last = invitation.created_at + timedelta(days=7)
    assert world.inside(lambda: find_invitation(token_of(invitation), now=last - timedelta(seconds=1))) is not None
    assert world.inside(lambda: find_invitation(token_of(invitation), now=last)) is None
    leo = person(world)
    world.time_passes(days=7)
    with pytest.raises(InvitationGone):
        accept(world, invitation, leo)
    assert LEO not in roles_in(world)


def test_one_that_was_taken_back_is_gone_and_sends_no_mail(world: World) -> None:
    invitation, leo = invited(world), person(world)
    take_back = partial(revoke_invitation, invitation_id=invitation.pk, by=Role.ADMIN, now=world.now())
    assert world.scoped(take_back) == LEO
    assert world.scoped(take_back) is None
    world.settle()
    assert world.mail.mails == []
    with pytest.raises(InvitationGone):
        accept(world, invitation, leo)


def test_inviting_again_makes_the_first_link_useless(world: World) -> None:
    first, second = invited(world, role=Role.CASHIER), invited(world, role=Role.SUPPORT)
    leo = person(world)
    with pytest.raises(InvitationGone):
        accept(world, first, leo)
    accept(world, second, leo)
    assert roles_in(world)[LEO] == "support"


def test_another_person_cannot_use_it(world: World) -> None:
    invitation, eva = invited(world), person(world, "eva@amate.example")
    with pytest.raises(InvitationGone):
        accept(world, invitation, eva)


def test_it_opens_no_other_company(world: World) -> None:
    invitation, leo = invited(world), person(world)
    act = partial(accept_invitation, token=token_of(invitation), user=leo, now=world.now())
    with pytest.raises(InvitationGone):
        world.scoped(act, world.other)
    assert LEO not in roles_in(world, shop=world.other)
    take_back = partial(revoke_invitation, invitation_id=invitation.pk, by=Role.OWNER, now=world.now())
    assert world.scoped(take_back, world.other) is None


def test_who_is_in_already_is_not_invited(world: World) -> None:
    hired(world, LEO, Role.COLLECTOR)
    with pytest.raises(NotAllowed, match="ya está en tu empresa como Cobranza: cambia su papel"):
        invited(world)


def test_an_admin_invites_no_owner(world: World) -> None:
    admin = hired(world, "eva@amate.example", Role.ADMIN)
    with pytest.raises(NotAllowed, match="Solo quien es dueño"):
        invited(world, role=Role.OWNER, by=admin)
    invitation = invited(world, role=Role.OWNER)
    with pytest.raises(NotAllowed, match="Solo quien es dueño"):
        world.scoped(partial(revoke_invitation, invitation_id=invitation.pk, by=Role.ADMIN, now=world.now()))


def test_an_address_that_the_mail_server_refuses_waits_for_a_person(world: World) -> None:
    world.mail.refuse.add(LEO)
    invitation = invited(world)
    world.settle()
    stuck = world.scoped(lambda: Promise.objects.given_up().get())
    assert (stuck.kind, stuck.args["invitation_id"]) == ("invite", invitation.pk)
    assert world.scoped(lambda: Message.objects.get().state) == Message.State.REFUSED
