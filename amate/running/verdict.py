"""What `amate doctor` says of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """`mend`: what to do about it, empty when all is well. A `warning` stops nothing yet."""

    what: str
    said: str
    mend: str = ""
    warning: bool = False

    @property
    def mark(self) -> str:
        return "ok   " if not self.mend else "ojo  " if self.warning else "FALLA"
