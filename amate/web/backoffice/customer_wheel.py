"""What the page of a customer says of his wheel: what he owes, what he is served with, what he paid and what was told him."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from amate.audit.models import Entry
from amate.billing_cycle.collection.models import CollectorNote
from amate.billing_cycle.collection.served import answer_for
from amate.billing_cycle.service.models import Service
from amate.billing_cycle.subscriptions.models import Subscription
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.desk.act_words import in_words
from amate.desk.filters import At
from amate.desk.receivable_list import with_left
from amate.desk.subscription_list import plan_name
from amate.ledger.models import Payment, Receivable
from amate.web.backoffice.page import office_zone
from amate.web.backoffice.receivables import receivable_row
from amate.web.backoffice.rows import Pill
from amate.web.backoffice.served import card_facts
from amate.web.clock import now

FEW = 6
SUBSCRIPTION_TONES = {"active": "ok", "draft": "warn"}


def wheel_of(request: HttpRequest, found: Customer) -> dict[str, Any]:
    """Empty for who was never charged, never paid and is served with nothing."""
    if not _turns(found):
        return {}
    moment = now()
    at = At(moment, office_zone(), sees_codes=False)
    open_ = with_left(Receivable.objects.unpaid().filter(customer=found)).prefetch_related("customer", "charges")
    owing = list(open_.order_by("due_on", "id")[: FEW + 1])
    facts = card_facts(request, answer_for(found.pk, today=day_of(moment)))
    return {
        "wheel": {
            **facts,
            "standing": facts["pill"],
            "owing": [receivable_row(one, at) for one in owing[:FEW]],
            "more": len(owing) > FEW,
            "payments": list(Payment.objects.filter(customer=found).order_by("-paid_on", "-id")[:FEW]),
            "subscriptions": [
                (one, one.label or plan_name(one, at), _subscription_pill(one)) for one in _subscriptions(found)
            ],
            "notes": list(CollectorNote.objects.filter(customer=found).order_by("-id")[:FEW]),
            "timeline": [(one, in_words(one.act, one.detail)) for one in _timeline(found)],
        }
    }


def _turns(found: Customer) -> bool:
    rows = Customer.objects.filter(pk=found.pk).filter(
        Exists(Receivable.objects.filter(customer=OuterRef("pk")))
        | Exists(Payment.objects.filter(customer=OuterRef("pk")))
        | Exists(Service.objects.filter(customer=OuterRef("pk")))
        | Exists(Subscription.objects.filter(customer=OuterRef("pk")))
        | Exists(Subscription.objects.filter(payer=OuterRef("pk")))
    )
    return bool(rows.exists())


def _subscriptions(found: Customer) -> list[Subscription]:
    rows = Subscription.objects.filter(Q(payer=found) | Q(customer=found))
    return list(rows.prefetch_related("terms__plan").order_by("-id")[:FEW])


def _subscription_pill(one: Subscription) -> Pill:
    return Pill(one.get_state_display(), SUBSCRIPTION_TONES.get(one.state, ""))


def _timeline(found: Customer) -> list[Entry]:
    """What people and rules did about him, newest first."""
    return list(Entry.objects.filter(about=f"customer:{found.pk}").order_by("-id")[:FEW])
