"""Voting while things break: servers and databases killed, disks full, crowds, and clocks that run out.

``make faults`` runs all of it in full, on SQLite and on PostgreSQL; ``make faults ARGS=--tenth`` a tenth of it.

``office``   an office with an open box, voters and their sessions
``clients``  voters who send ballots over HTTP, and note what they were told
``servers``  the site (granian) and the database, to be killed and started again
``drills``   what is broken, and what must hold then
``settings`` the settings of the site under test
"""
