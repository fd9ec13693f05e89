from tests.sandbox.fixtures import _served, minted, now, simulator

__all__ = ["_served", "minted", "now", "simulator"]
