"""The roll in the office, below its acts: rows to and from the database in bulk, files, long work, figures.

``store`` moves rows between the database and the values of the room ``roll``; ``files`` keeps what is too large for a
row, below ``MEDIA_ROOT/rolls``, which no address serves; ``importing`` and ``closing`` are what happens before an act;
``working`` does long work beside the pages; ``figures`` is what may be told of a roll in numbers. Only acts change
anything of the roll itself.
"""
