"""The web keeps no table: only the indexes its search needs."""
