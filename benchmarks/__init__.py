"""The numbers, each beside its bar: `make bench`."""
