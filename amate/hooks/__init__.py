"""Signed notices to the business's own systems: what happened, in order, again from any day."""
