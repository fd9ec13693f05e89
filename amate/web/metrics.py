"""`/metrics` for Prometheus: what is owed, how late, who is at work, and what will run out. Only for who knows AMATE_METRICS_TOKEN."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from amate.audit.figures import broken_invariants
from amate.audit.models import Invariant
from amate.invoices.figures import ANSWERS, answers, days_of_seals, on_the_way_everywhere
from amate.invoices.models import State
from amate.promises.figures import figures
from amate.promises.kinds import KINDS
from amate.promises.queues import queues
from amate.web.faults import not_found
from amate.web.health import workers_alive
from amate.web.pac_gauges import pac_gauges
from amate.web.watchers_token import is_watcher

DEAD_AFTER = timedelta(seconds=settings.PROCRASTINATE_WORKER_DEFAULTS["stalled_worker_timeout"])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Read anew at each scrape: the web has many processes, and what they would count apart lies in one database."""
    if not is_watcher(request):
        return not_found(request)
    registry = CollectorRegistry()
    registry.register(_Installation())
    answer = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer["Cache-Control"] = "no-store"
    return answer


class _Installation:
    def collect(self) -> Iterator[Metric]:
        yield from _owed()
        workers = GaugeMetricFamily("amate_workers_alive", "Workers whose heart beat within 15 seconds")
        workers.add_metric([], workers_alive())
        yield workers
        yield from pac_gauges()
        yield from _queued()
        yield from _stamping()
        yield from _running_out()
        broken = GaugeMetricFamily(
            "amate_invariants_broken", "What must never be, as the nightly look found it", labels=["invariant"]
        )
        known = broken_invariants()
        for invariant in Invariant.values:
            broken.add_metric([invariant], known.get(invariant, 0))
        yield broken


def _owed() -> Iterator[Metric]:
    found = {one.kind: one for one in figures()}
    for name, what in (
        ("open", "Promises not kept yet"),
        ("failing", "Open promises whose last try failed"),
        ("for_a_person", "Open promises that only a person can mend"),
        ("oldest_due_seconds", "How long the longest waiting promise has been due"),
    ):
        gauge = GaugeMetricFamily(f"amate_promises_{name}", what, labels=["kind"])
        for kind in sorted(KINDS):
            value = getattr(found[kind], name) if kind in found else 0
            gauge.add_metric([kind], max(value, 0))
        yield gauge


def _queued() -> Iterator[Metric]:
    """RUNNING 3.8: whether the workers keep up, queue by queue."""
    found = queues(dead_after=DEAD_AFTER)
    for name, what in (
        ("waiting", "Jobs that could begin now"),
        ("oldest_seconds", "How long the oldest of them has waited"),
        ("stalled", "Jobs in hand whose worker's heart stopped"),
        ("failed", "Jobs given up with their worker, ever since; their promises went on in other jobs"),
    ):
        gauge = GaugeMetricFamily(f"amate_jobs_{name}", what, labels=["queue"])
        for one in found:
            gauge.add_metric([one.queue], max(getattr(one, name), 0))
        yield gauge


def _stamping() -> Iterator[Metric]:
    """ENGINE 12. A state that no invoice is in has its zero: an alarm on what is absent would never ring."""
    told = CounterMetricFamily(
        "amate_pac_answers", "What PACs answered to a request for a stamp", labels=["pac", "answer"]
    )
    known = answers()
    for pac in sorted({pac for pac, _ in known}):
        for answer in ANSWERS:
            told.add_metric([pac, answer], known.get((pac, answer), 0))
    yield told
    found = {one.state: one for one in on_the_way_everywhere()}
    waiting = GaugeMetricFamily("amate_invoices_on_the_way", "Sealed invoices that have no stamp", labels=["state"])
    oldest = GaugeMetricFamily(
        "amate_invoices_oldest_seconds",
        "Since the oldest of them was sealed: the SAT allows 72 hours",
        labels=["state"],
    )
    for state in (State.SEALED, State.SENDING, State.UNKNOWN):
        one = found.get(state)
        waiting.add_metric([state], one.waiting if one else 0)
        oldest.add_metric([state], max(one.oldest_seconds, 0) if one else 0)
    yield from (waiting, oldest)


def _running_out() -> Iterator[Metric]:
    days = GaugeMetricFamily("amate_csd_days_left", "Until a company's newest CSD expires", labels=["company"])
    for slug, until in days_of_seals():
        days.add_metric([slug], until)
    yield days
