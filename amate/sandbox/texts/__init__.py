"""An SMS gateway that sends to nobody: it keeps every text and says no when it is asked to (OUTSIDE FAKE-4)."""
