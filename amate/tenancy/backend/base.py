"""Whether a kept line still lives, without asking PostgreSQL: each request would otherwise begin with a `SELECT 1`."""

import select

from django.db.backends.postgresql import base
from psycopg import OperationalError


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """An idle line has nothing to read. One that was ended has: its end. Then, and only then, PostgreSQL is asked."""
        return self._is_idle() or super().is_usable()

    def _is_idle(self) -> bool:
        if self.connection is None:
            return False
        try:
            ready = select.poll()
            ready.register(self.connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        except OperationalError:  # it knows already that it is closed
            return False
        return not ready.poll(0)
