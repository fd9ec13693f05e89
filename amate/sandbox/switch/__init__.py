"""Somebody's own system that is told which services to cut: it checks signatures, keeps the highest generation, and is
down, slow, forgetful, late or out of order when it is asked to be (OUTSIDE FAKE-4)."""
