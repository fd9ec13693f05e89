"""SAT keys that people search by their own words."""
