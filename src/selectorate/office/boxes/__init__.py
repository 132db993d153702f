"""Sealed boxes in the office: where they are kept, how a ballot gets in, who may cast, who opens them.

``store``    the chain of a box in the database: append under its lock, read, write its archive
``casting``  a ballot on its way in: checked, one short transaction, acknowledged after it
``voters``   who may cast into which box, and the keyed hash under which that is kept
``receipts`` what a voter gets: signed by the key of the contest

The protocol is ``selectorate.box``; nothing here makes or checks a proof by itself.
"""
