"""Telling a customer how he stands: the statement of account as of a day, and the links that open his own page."""
