"""What is shown and handed out: text, CSV, JSON, pictures, HTML and PDF of a declaration, a count, a mandate.

A sheet is written once, as the blocks of ``blocks`` (``declared`` does it for a declaration), and shown three ways::

    sheet = Sheet(title=..., kicker=..., headline=..., date=..., parts=(Part("Measures", (Table(...),)),))
    sheet_text(sheet, width)     # for a terminal; renderables(sheet, width) for rich
    sheet_html(sheet)            # one self-contained page
    sheet_pdf(sheet)             # A4

A new kind of sheet (a mandate, an audit) is therefore one module that makes a ``Sheet``; figures are formatted by
``numbers``, pictures made by ``charts`` and put beside their table as ``Figure(picture, table)``.
"""

from .blocks import Part, Picture, Sheet
from .charts import illustrated
from .compare import compare_picture
from .count_csv import count_csv
from .count_json import check_draw, count_json
from .counted import count_sheet, illustrated_count
from .csvs import declaration_csv
from .declared import declaration_sheet
from .html import declaration_html, header_html, page, part_html, parts_html, sheet_html
from .listed import gallery_sheet
from .measured import mandate_sheet
from .pdf import declaration_pdf, sheet_pdf
from .rctab import rctab_summary
from .text import declaration_text, renderables, sheet_text
from .whatifs import what_if_sheet

__all__ = [
    "Part",
    "Picture",
    "Sheet",
    "check_draw",
    "compare_picture",
    "count_csv",
    "count_json",
    "count_sheet",
    "declaration_csv",
    "declaration_html",
    "declaration_pdf",
    "declaration_sheet",
    "declaration_text",
    "gallery_sheet",
    "header_html",
    "illustrated",
    "illustrated_count",
    "mandate_sheet",
    "page",
    "part_html",
    "parts_html",
    "rctab_summary",
    "renderables",
    "sheet_html",
    "sheet_pdf",
    "sheet_text",
    "what_if_sheet",
]
