"""How each PAC is, as the worker of this machine last heard, for Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from amate.running.pacs_heard import Heard, pacs_heard
from amate.web.clock import now

# A figure that nobody knows is left out: 0 would say that all is well. Stamps without a limit have none.
GAUGES: tuple[tuple[str, str, Callable[[Heard], float | None]], ...] = (
    ("clock_ahead_seconds", "How far our clock is ahead of a PAC's", lambda one: one.clock_ahead),
    ("resting", "1 while a PAC is left alone: its breaker is open or it asked for time", lambda one: one.resting),
    ("stamps_left", "Stamps that a PAC's account still has", lambda one: one.left),
    ("latency_seconds", "Median of a PAC's last answers", lambda one: one.latency),
    ("troubles", "What ails a PAC and waiting will not mend", lambda one: len(one.troubles)),
)


def pac_gauges() -> Iterator[Metric]:
    heard = pacs_heard(now=now())
    for name, what, of in GAUGES:
        gauge = GaugeMetricFamily(f"amate_pac_{name}", what, labels=["pac"])
        for one in heard:
            value = of(one)
            if value is not None:
                gauge.add_metric([one.code], float(value))
        yield gauge
