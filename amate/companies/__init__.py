"""The emisor: who issues, from where, under which seal, and with which portal rules."""
