"""A simulated PAC that speaks SW Sapien's and Finkok's wires over real HTTP (ENGINE SIM). Nothing it stamps has fiscal validity.

`run.main` is the command, `app.create_app` the application.
"""
