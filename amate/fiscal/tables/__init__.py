"""The SAT's small catalogues as typed tables of our own, with the dates between which each key is valid (CAT-1).

The SAT's XSD is not the catalogue: it still lists uso P01, regimes 609, 628, 629, 630 and relations 08, 09, which
are dead and therefore absent here.
"""
