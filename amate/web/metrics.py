"""`/metrics` for Prometheus: what is owed, how late, and who is at work. Only for who knows AMATE_METRICS_TOKEN."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from amate.promises.figures import figures
from amate.promises.kinds import KINDS
from amate.web.faults import not_found
from amate.web.health import workers_alive


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Read anew at each scrape: the web has many processes, and what they would count apart lies in one database."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if not wanted or scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), wanted.encode()):
        return not_found(request)
    registry = CollectorRegistry()
    registry.register(_Installation())
    answer = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer["Cache-Control"] = "no-store"
    return answer


class _Installation:
    def collect(self) -> Iterator[Metric]:
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
        workers = GaugeMetricFamily("amate_workers_alive", "Workers whose heart beat within 15 seconds")
        workers.add_metric([], workers_alive())
        yield workers
