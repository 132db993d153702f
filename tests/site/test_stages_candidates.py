"""A candidate's entry: what a statement may contain, what becomes of a picture, who may act, what is signed off."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.site import rolled
from tests.site.stages import Browser, make, stand
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import markdown, paper, pictures
from selectorate.office.acts import candidates, contests, draws, nominations
from selectorate.office.models import Candidate, Contest

HARMFUL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](http://example.org)",
    "[x](//example.org)",
    "[x](https://user:word@example.org/)",
    "[x](https://example.org:8443/)",
    "[x](<https://example.org/ onmouseover=alert(1)>)",
    '[x](https://example.org/"onmouseover="alert(1))',
    "![x](https://example.org/x.png)",
    "<a href=https://example.org>x</a>",
    "<https://example.org>",
    "# A heading",
    "> quoted",
    "```\ncode\n```",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "<!-- hidden -->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x]: javascript:alert(1)\n\n[x]",
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "[a](https://ex\nample.org)",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_nothing_harmful_comes_of_a_statement(text: str) -> None:
    import re

    made = str(markdown.rendered(text))
    tags = re.findall(r"<\s*/?\s*([a-zA-Z!][^\s>]*)([^>]*)>", made)
    assert {name for name, _ in tags} <= {"p", "br", "em", "strong", "ul", "ol", "li", "a"}, made
    for name, attributes in tags:
        assert name != "a" or attributes == "" or "https://" in attributes
        assert "onmouseover" not in attributes.replace("%22", "").split('href="')[0]
        assert not re.search(r'"\s*on\w+\s*=', attributes)


def test_what_a_statement_may_contain() -> None:
    made = markdown.rendered("One *two* **three**.\n\n- a\n- b\n\n[here](https://example.org/x?y=1)")
    assert "<em>two</em>" in made and "<strong>three</strong>" in made and made.count("<li>") == 2
    assert '<a href="https://example.org/x?y=1" rel="nofollow noreferrer noopener ugc">here</a>' in made


def test_characters_that_turn_others_round_are_refused() -> None:
    assert markdown.refused("a\u202eb") and markdown.refused("a\x00b") and markdown.refused("a\u2066b")
    assert markdown.refused("Ärger, naïveté, עברית, 中文\n\n\t- ok") == ""


def png(width: int, height: int) -> bytes:
    """A PNG that claims to be so large, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")
    )


def photograph(size: tuple[int, int] = (1600, 1200), kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def test_nothing_but_pixels_is_kept_of_a_picture() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6
    tail = b"PK\x03\x04<script>alert(1)</script><?php system('id'); ?>"
    made = pictures.reencoded(photograph(exif=exif.tobytes(), comment=b"secret") + tail)
    picture = Image.open(io.BytesIO(made))
    assert picture.format == "JPEG" and picture.size == (360, 480)  # turned as the camera said
    assert not picture.getexif() and "comment" not in picture.info and "icc_profile" not in picture.info
    for trace in (b"taken at home", b"secret", b"script", b"php", b"PK\x03\x04"):
        assert trace not in made


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\x00" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7",
        photograph()[:200],
        png(100_000, 100_000),
        png(30_000, 30_000),
        png(7_000, 7_000),
        photograph(kind="BMP"),
        photograph(kind="TIFF"),
        b"\xff\xd8\xff" + b"\x00" * 500,
    ],
    ids=["empty", "gif", "svg", "pdf", "cut", "bomb", "large bomb", "too many pixels", "bmp", "tiff", "broken"],
)
def test_what_is_no_picture_or_too_large_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError):
        pictures.reencoded(data)


def test_a_file_of_more_than_eight_megabytes_is_refused() -> None:
    with pytest.raises(RefusedError, match="8 MB"):
        pictures.reencoded(photograph() + b"\x00" * pictures.MAX_BYTES)


def ballot(office: World, *names: str) -> Contest:
    """A contest of which the ballot is the only stage."""
    text = (
        'id = "s"\nname = "Rules"\norganisation = "A society"\noffice = "Chair"\n[segments.members]\nname = "members"\n'
        '[[stage]]\nkind = "ballot"\nid = "ballot"\nsegments = ["members"]\npaper = "rank"\n'
        'count = "alternative vote"\nelected = "majority of votes"\n'
    )
    dates = {"ballot_opens": "2026-02-01", "ballot_closes": "2026-02-20", "declared": "2026-02-21"}
    contest = make(office, "", text=text, dates=dates)
    stand(office, contest, *names)
    contest.candidates.update(status="standing")
    return contest


def test_the_entry_is_made_looked_at_and_signed_off(office: World) -> None:
    with at("2026-01-10T09:00"):
        contest = ballot(office, "Ada Archer", "Ben Baker")
        ada = Browser(office, Candidate.objects.get(key="archer").user, contest)
        ada.post("candidate/archer/", do="picture", picture=SimpleUploadedFile("me.jpg", photograph()))
        page = ada.get("candidate/archer/")
        assert "candidates/archer/picture.jpg" in page
        anybody = Browser(office, None, contest)
        response = anybody.client.get(anybody.at("candidates/archer/picture.jpg"))
        assert response.status_code == 200 and response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert b"".join(response).startswith(b"\xff\xd8\xff")
        anybody.get("candidates/baker/picture.jpg", status=404)
        refused = ada.post("candidate/archer/", do="picture", picture=SimpleUploadedFile("me.jpg", b"no picture"))
        assert "no picture that can be read" in refused
        seen = ada.hidden("candidate/archer/", "seen")
        ada.post("candidate/archer/", do="statement", text="Hello.")
        assert "has changed since you looked" in ada.post("candidate/archer/", do="sign", seen=seen)
        ada.post("candidate/archer/", do="sign", seen=ada.hidden("candidate/archer/", "seen"))
        assert "signed off" in ada.get("candidate/archer/")
        ada.post("candidate/archer/", do="statement", text="Hello again.")
        assert "changed since it was signed off" in ada.get("candidate/archer/")
        too_long = ada.post("candidate/archer/", do="statement", text="x" * 6001)
        assert "6000" in too_long or "6,000" in too_long
        ada.post("candidate/archer/", do="statement", text="left over", none="on")
        assert "makes no statement" in ada.get("candidate/archer/")
        assert Candidate.objects.get(key="archer").statement == ""
        alice = Browser(office, office.alice, contest)
        assert "No statement: Ben Baker" in alice.get("office/stages/ballot/")


def test_an_agent_acts_for_a_candidate_until_their_power_ends(office: World) -> None:
    with at("2026-01-10T09:00"):
        contest = ballot(office, "Ada Archer", "Ben Baker")
        ada = Browser(office, Candidate.objects.get(key="archer").user, contest)
        charlie = Browser(office, office.nobody, contest)
        charlie.get("candidate/archer/", status=403)
        ada.post("candidate/archer/", do="agent", name="Charlie Nobody", email="charlie@example.org")
        charlie.post("candidate/archer/", do="statement", text="By her agent.")
        charlie.get("candidate/baker/", status=404)
        assert "Only the candidate names agents" in charlie.post(
            "candidate/archer/", do="agent", name="Another", email="another@example.org"
        )
        assert "it is not you" in charlie.post("candidate/archer/", do="withdraw")
        ada.post("candidate/archer/", do="end-agent", agent=ada.hidden("candidate/archer/", "agent"))
        charlie.get("candidate/archer/", status=403)


def test_what_is_on_paper_is_signed_off_by_two(office: World) -> None:
    with at("2026-01-10T09:00"):
        contest = ballot(office, "Ada Archer")
        one = nominations.propose_candidate(office.alice, contest, name="Dora Dean")
        one.status = "standing"
        one.save()
        alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
        alice.post("office/candidates/", do="statement", candidate="dean", says="On *paper*.")
        one.refresh_from_db()
        seen = paper.entry_hash(one)
        alice.post("office/candidates/", do="sign", candidate="dean", seen=seen, says="form 7, in the safe")
        assert Candidate.objects.get(key="dean").signed_hash == ""
        bob.confirm("office/candidates/")
        assert Candidate.objects.get(key="dean").signed_hash == seen
        with pytest.raises(RefusedError, match="make their entry themselves"):
            candidates.write_statement(office.alice, contest, candidate="archer", text="Not hers.")


def test_the_order_of_the_paper_is_drawn_by_a_lot_that_anybody_can_repeat(office: World) -> None:
    from selectorate.count.lot import Lot

    with at("2026-01-10T09:00"):
        contest = ballot(office, "Zoe Young", "Ada Archer", "Ben Baker", "Cleo Cook")
        alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
        alice.post("office/candidates/", do="by-name")
        assert [one.key for one in contest.candidates.all()] == ["archer", "baker", "cook", "young"]
        alice.post("office/candidates/", do="begin-draw")
        draw = contest.draws.get(about=draws.PAPER)
        page = alice.get("office/candidates/")
        assert draw.commitment in page and draw.seed not in page
        alice.post("office/candidates/", do="finish-draw", says="7, 12 3")
        Browser(office, office.scrutineer, contest).confirm("office/candidates/")
        draw.refresh_from_db()
        assert draw.numbers == ["7", "12", "3"] and Lot(draw.seed).kept(draw.commitment)
        names = ["Ada Archer", "Ben Baker", "Cleo Cook", "Zoe Young"]
        expected = [names[number - 1] for number in Lot(draw.seed, ("7", "12", "3")).order(names)]
        assert [one.name for one in contest.candidates.all()] == expected
        assert draw.seed in bob.get("office/paper/ballot/")
        with pytest.raises(RefusedError, match="begun already"):
            draws.begin_draw(office.alice, contest)


def test_two_look_at_the_paper_as_it_is(office: World) -> None:
    with at("2026-01-10T09:00"):
        contest = ballot(office, "Ada Archer", "Ben Baker")
        for key in ("archer", "baker"):
            one = Candidate.objects.get(key=key)
            candidates.write_statement(one.user, contest, candidate=key, text="", none=True)
            one.refresh_from_db()
            candidates.sign_off(one.user, contest, candidate=key, seen=paper.entry_hash(one))
        alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
        seen = alice.hidden("office/paper/ballot/", "seen")
        alice.post("office/paper/ballot/", seen=seen)
        assert "confirmed this paper already" in alice.post("office/paper/ballot/", seen=seen)
        candidates.order_paper(office.alice, contest, order=["baker", "archer"])
        assert "has changed since you looked" in bob.post("office/paper/ballot/", seen=seen)
        for browser in (alice, bob):
            browser.post("office/paper/ballot/", seen=browser.hidden("office/paper/ballot/", "seen"))
    with at("2026-02-01T09:00"):
        rolled.ready(office, contest)
        contests.open_stage(office.alice, contest, stage="ballot")
        with pytest.raises(RefusedError, match="do not change any more"):
            candidates.order_paper(office.alice, contest, order=["archer", "baker"])


def test_a_name_cannot_become_that_of_another(office: World) -> None:
    with at("2026-01-10T09:00"):
        contest = ballot(office, "Ada Archer", "Ben Baker")
        alice = Browser(office, office.alice, contest)
        page = alice.post("office/candidates/", do="rename", candidate="baker", says="ADA  archer")
        assert "somebody of that name" in page
        both_names = set(contest.candidates.values_list("name", flat=True))
        assert both_names == {"Ada Archer", "Ben Baker"}
