"""Pagos: what came in, what still has no owner, and what the banks tell."""
