"""Months of a company in minutes: the real acts and the worker's own beats against a world that misbehaves (CYCLE 9)."""
