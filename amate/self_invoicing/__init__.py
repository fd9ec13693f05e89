"""Half one: a sale to the general public becomes its buyer's invoice."""
