"""Time and promises run here, and only here are adapters held."""
