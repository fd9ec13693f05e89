"""The back office: staff of one company."""
