"""Deployment: where the data lies, the embedded PostgreSQL, the supervisor, the demo. No business here."""
