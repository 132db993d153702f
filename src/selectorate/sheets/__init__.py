"""What is shown and handed out: text, CSV, pictures, HTML and PDF of a declaration.

A sheet is written once, as the blocks of ``blocks`` (``declared`` does it for a declaration), and shown three ways::

    sheet = Sheet(title=..., kicker=..., headline=..., date=..., parts=(Part("Measures", (Table(...),)),))
    sheet_text(sheet, width)     # for a terminal; renderables(sheet, width) for rich
    sheet_html(sheet)            # one self-contained page
    sheet_pdf(sheet)             # A4

A new kind of sheet (a mandate, an audit) is therefore one module that makes a ``Sheet``; figures are formatted by
``numbers``, pictures made by ``charts`` and put beside their table as ``Figure(picture, table)``.
"""

from .csvs import declaration_csv
from .declared import declaration_sheet
from .text import declaration_text, renderables, sheet_text

__all__ = ["declaration_csv", "declaration_sheet", "declaration_text", "renderables", "sheet_text"]
