"""What must hold in every company whatever happens, one file each. Looked at every night in production (HOUSE law 15).

An invariant is a function `look(*, known, after, at_most)` inside the company's scope: it looks again at what was `known`
to be broken and walks on behind `after`, at most so many rows.
"""
