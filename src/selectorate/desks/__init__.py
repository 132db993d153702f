"""What registrar, trustee, scrutineer and voter do on their own machines, with files and an office's public addresses.

Nothing here is part of the office, and nothing of it has to be run by whoever runs the office.
"""
