"""Forty strings that have broken sites before. Each has the mark ``zq`` and its number, so that it is found again."""

from __future__ import annotations

STRINGS: tuple[str, ...] = (
    "<script>zq01()</script>",
    '"><script>zq02()</script>',
    "'><img src=x onerror=zq03()>",
    "</title><script>zq04()</script>",
    "</textarea><script>zq05()</script>",
    "<svg/onload=zq06()>",
    "<svg><script>zq07()</script></svg>",
    "<iframe src=javascript:zq08()></iframe>",
    "javascript:zq09()",
    "[zq10](javascript:zq10())",
    '![zq11](x "onerror=zq11()")',
    '" onmouseover="zq12()',
    "' autofocus onfocus='zq13()",
    "`zq14`${zq14()}",
    '<a href="data:text/html,<script>zq15()</script>">zq15</a>',
    '<math><mi//xlink:href="data:x,<script>zq16()</script>">',
    "<style>*{background:url(//evil.example/zq17)}</style>",
    "<link rel=stylesheet href=//evil.example/zq18.css>",
    "<meta http-equiv=refresh content=0;url=//evil.example/zq19>",
    "<base href=//evil.example/zq20/>",
    "<form action=//evil.example/zq21><button>zq21</button></form>",
    "--></style></script><script>zq22()</script>",
    '<!--#include virtual="/etc/passwd" zq23-->',
    "]]><script>zq24()</script><![CDATA[",
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;zq25</x>',
    "{{ 7|add:7 }} zq26 {% debug %}",
    "{{constructor.constructor('zq27()')()}}",
    "${zq28}#{zq28}<%= zq28 %>",
    '=HYPERLINK("http://evil.example/zq29","zq29")',
    "+cmd|'/c calc zq30'!A0",
    "@SUM(1+1)*zq31",
    "-2+3+cmd|' /C zq32'!A0",
    "Subject: zq33\r\nBcc: victim@example.org",
    "zq34\u202egnp.exe\u2066\u200b\u200e\ufeff",
    "zq35\u0000\u0001\u0008\u001b[2J\u007f",
    "zq36 Z\u0351\u036b\u0343\u036a\u0302 \U0001f468\u200d\U0001f469\u200d\U0001f467 \ud7ff \ufffd",
    "'; DROP TABLE office_user; -- zq37",
    "../../../../etc/passwd%00zq38",
    "&lt;script&gt;zq39()&lt;/script&gt; &amp;#x3C;",
    '#set text(99pt); #read("/etc/passwd") zq40 \\input{/etc/passwd} $x$ *b* _i_ @ref <label>',
)
assert len(STRINGS) == 40

KEPT = tuple(text.replace("\0", "") for text in STRINGS)
"""As a database can keep them: PostgreSQL keeps no NUL."""
