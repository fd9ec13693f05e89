"""Who owes what: charges, payments, allocations, journal. Ignorant of CFDI (decision 0021)."""
