from tests.sandbox.fixtures import _served, now, simulator, minted

__all__ = ["_served", "now", "simulator", "minted"]
