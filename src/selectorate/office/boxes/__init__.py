"""Sealed boxes in the office: where they are kept, how a ballot gets in, who may cast, who opens them.

``store``    the chain of a box in the database: append under its lock, read, write its archive
``casting``  a ballot on its way in: checked, one short transaction, acknowledged after it
``voters``   who may cast into which box, and the keyed hash under which that is kept
``contacts`` where a voter's mail goes: the address on the closed roll
``codes``    the code that is mailed to them before they can cast
``sessions`` the hour for which they are then signed in
``booths``   their papers, as the booth takes them
``telling``  the mail on every ballot that is recorded
``lost``     what is said where too few keys are left to open them
``receipts`` what a voter gets: signed by the key of the contest

The protocol is ``selectorate.box``; nothing here makes or checks a proof by itself.
"""
