"""A customer's own page, by the link of a mail and no password (FACE ACC)."""
