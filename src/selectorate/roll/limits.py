"""Limits against files that are made, or damaged, so as to cost too much. Each has its reason."""

MAX_BYTES = 512 << 20
"""Bytes of a file: 650,000 persons with addresses are about 120 MB."""
MAX_ROWS = 5_000_000
"""Rows: more than any party in Europe has members; 650,000 was the largest contest we know."""
MAX_COLUMNS = 400
"""Columns: membership systems export some dozens, with every custom field some hundreds."""
MAX_CELL = 10_000
"""Characters in a cell: an address or a remark; a quote that is never closed swallows more."""
MAX_REFUSALS = 1_000_000
"""Refused rows that are told one by one: with more, the wrong file or the wrong mapping was chosen."""
MAX_UNPACKED = 3 << 30
"""Bytes that the sheet of a workbook unpacks to: a million rows, the most it can have, of thirty cells."""
MAX_STRINGS = 512 << 20
"""Bytes that the texts of a workbook unpack to."""
MAX_SMALL = 16 << 20
"""Bytes of the parts of a workbook that only say where the others are, and of its styles."""
MAX_RATIO = 500
"""How much a part of a workbook may swell: sheets swell tenfold to fiftyfold, zeros a thousandfold."""
MAX_FREE = 16 << 20
"""Bytes below which that does not matter."""
MAX_PARTS = 10_000
"""Parts of a workbook."""
MAX_HEADER_ROW = 50
"""Rows at the top of a file in which the headings are looked for: titles and remarks stand above them."""
SAMPLE = 20
"""Rows that are shown of a file."""
