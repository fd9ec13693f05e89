"""The REST API for points of sale and programs."""
