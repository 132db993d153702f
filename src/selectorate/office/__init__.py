"""The election office: a site in which an organisation runs its contests.

``settings`` is read from the environment. ``models`` is what is kept. What an official does is one function in
``acts``: it authorises, locks, changes and writes the entry in the log of acts, in one transaction; pages, API and
commands call the same act. ``access`` says who may use a route; a route that does not say so stops the site from
starting. ``documents`` turns what is kept of a contest into the contest file from which the rooms below declare it:
nothing is counted here.
"""
