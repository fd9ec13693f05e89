"""The outside: one folder a kind of system, one file a vendor, behind a Protocol. No tables, no Django."""
