"""Version 1 of the protocol: Belenios specification 3.1, as releases 3.1 to 3.3.0 speak it.

All that another version may change is in here: structures, hashes, proofs, the order of events. The rooms beside it
(groups, pools, canonical JSON, archives, key files) serve every version.
"""
