"""Finished boxes changed in thousands of ways, and which check of the room refuses each."""
