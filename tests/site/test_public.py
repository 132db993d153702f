"""What everybody may read: each page light, whole without a script, of one make, with nothing that is not public."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from tests.site.public_world import SMALL, declare, played
from tests.site.world import World, at
from typer.testing import CliRunner

from selectorate.cli import app
from selectorate.contest import to_json
from selectorate.office import published
from selectorate.office.acts import confirm, contests
from selectorate.office.models import Contest

LIMIT = 100_000
"""Bytes of a page with everything that it loads: a hall with bad reception."""
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class Read(HTMLParser):
    """A page as it was read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


GALLERY = ["/gallery/", "/api/", "/gallery/uk-labour-leadership-2016/", "/gallery/uk-labour-leadership-2016/mandate/"]
GALLERY += ["/gallery/canada-conservative-leadership-2017/", "/gallery/uk-labour-shadow-cabinet-2010/mandate/"]
"""Pages that are the same wherever the contest stands: they are looked at beside the last step of it."""


def public_pages(contest: Contest) -> list[str]:
    slug = contest.slug
    pages = ["/", "/contests/", f"/contests/{slug}/", f"/contests/{slug}/declaration/"]
    return [*pages, *GALLERY, f"/contests/{slug}/mandate/"] if hasattr(contest, "declaration") else pages


def weight(client: Client, address: str, page: Read, content: bytes) -> int:
    """Bytes that are transferred for a page with all that it loads, compressed."""
    loaded = {a["href"] for a in page.all("link") if a.get("rel") in ("stylesheet", "icon")}
    loaded |= {a["src"] for a in page.all("script") + page.all("img")}
    total = len(gzip.compress(content))
    for one in loaded:
        assert one and not urlsplit(one).netloc, one
        path = urlsplit(urljoin(address, one)).path
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            assert found, path
            total += len(gzip.compress(Path(found).read_bytes()))
        else:
            total += len(client.get(path).content)
    return total


@pytest.mark.parametrize("step", ["nominating", "balloting", "closed", "declared"])
def test_every_page_is_light_whole_and_of_one_make(office: World, step: str) -> None:
    contest, client, titles = played(office, step, against="labour-2015"), Client(), {}
    with at("2016-07-19T12:00" if step == "nominating" else "2016-09-25T12:00"):
        for address in public_pages(contest):
            answer = client.get(address)
            assert answer.status_code == 200, address
            page = Read(answer.content.decode())
            assert weight(client, address, page, answer.content) < LIMIT, address
            assert len(page.all("h1")) == 1, address
            for landmark in ("main", "header", "footer", "nav"):
                assert page.all(landmark), (address, landmark)
            assert not page.all("style")
            assert not [a for _, a in page.tags if "style" in a or any(name.startswith("on") for name in a)], address
            for script in page.all("script"):
                assert script.get("src", "").startswith("/static/"), address
            shared = {a["property"]: a["content"] for a in page.all("meta") if "property" in a}
            assert shared["og:title"] and shared["og:image"].startswith("http"), address
            picture = client.get(urlsplit(shared["og:image"]).path)
            assert picture.headers["Content-Type"] == "image/png" and picture.content[:4] == b"\x89PNG"
            ids = [a["id"] for _, a in page.tags if "id" in a]
            assert len(ids) == len(set(ids)), address
            titles[address] = re.search(r"<title>(.*?)</title>", answer.content.decode()).group(1)
    assert len(set(titles.values())) == len(titles), titles


def test_a_contest_says_where_it_stands(office: World) -> None:
    contest = played(office, "nominating")
    address = reverse("contest", args=[contest.slug])
    with at("2016-07-19T12:00"):
        text = Read(Client().get(address).content.decode()).text
    assert "Nominations are open until 20 July 2016, 17:00 BST." in text
    assert "Times are of the clock in Europe/London." in text
    assert "6 of 30 are needed." in text and "7 · 6 needed" in " ".join(text.split())
    assert "joined on or before the freeze date" in text
    assert "Members of Parliament 15" in text  # who nominated
    content = Client().get(address).content.decode()
    assert '<time datetime="2016-07-20T17:00+01:00">20 July 2016, 17:00 BST</time>' in content


def test_a_hidden_board_tells_nothing_until_nominations_close(office: World) -> None:
    contest = played(office, "nominating", board="hidden")
    with at("2016-07-19T12:00"):
        page = Client().get(reverse("contest", args=[contest.slug])).content.decode()
        assert "Owen Smith" not in page and "Members of Parliament 15" not in page
        assert "The board is shown when nominations close." in page
        table = Client().get(reverse("contest-nominations-csv", args=[contest.slug])).content.decode()
        assert "Smith" not in table
        assert "Smith" not in Client().get(f"/api/v1/contests/{contest.slug}/nominations").content.decode()
        assert Client().get(f"/api/v1/contests/{contest.slug}/candidates").json() == []
        kinds = [act["kind"] for act in Client().get(f"/api/v1/contests/{contest.slug}/acts").json()["items"]]
        assert kinds[-1] == "adopt_contest" and "propose_candidate" not in kinds, "nor how many are proposed"
    from selectorate.office.acts import nominations

    with at("2016-07-20T16:00"):
        nominations.close_nominations(office.alice, contest, stage="nomination")
        assert "Owen Smith" in Client().get(reverse("contest", args=[contest.slug])).content.decode()
        assert "nominate" in Client().get(f"/api/v1/contests/{contest.slug}/acts").content.decode()


def test_a_draft_is_nobodys_business(office: World) -> None:
    contest = contests.create_contest(office.alice, None, title="Not yet", rulebook="labour-2014")
    for name in ("contest", "contest-declaration", "contest-declaration-live", "contest-rulebook", "contest-preview"):
        assert Client().get(reverse(name, args=[contest.slug])).status_code == 404
    assert b"Not yet" not in Client().get("/contests/").content
    assert Client().get(f"/api/v1/contests/{contest.slug}").status_code == 404
    assert Client().get("/api/v1/contests").json()["count"] == 0
    # An official may look at it, but what the public is given as a file is what was frozen.
    assert office.client(office.alice).get(reverse("contest-rulebook", args=[contest.slug])).status_code == 404


def test_what_people_write_stays_text(office: World) -> None:
    contest = played(
        office, "balloting", title=f"Who leads {HOSTILE}", statement=f"I say {{}} {HOSTILE} [here](https://x.example)"
    )
    contest.candidates.filter(key="smith").update(name=f"Owen {HOSTILE}", slate=HOSTILE)
    contest.about = HOSTILE
    contest.save()
    with at("2016-09-01T12:00"):
        for name in ("contest", "contest-declaration"):
            page = Read(Client().get(reverse(name, args=[contest.slug])).content.decode())
            assert not [a for _, a in page.tags if "onerror" in a]
            assert all(a.get("src", "").startswith("/static/") for a in page.all("script"))
            assert "<script>alert(1)</script>" in page.text
        assert Client().get(reverse("contest-preview", args=[contest.slug])).status_code == 200


def test_changes_of_the_timetable_are_published_with_their_reason(office: World) -> None:
    contest = played(office, "balloting")
    with at("2016-09-01T12:00"):
        proposal = contests.change_date(
            office.alice, contest, key="declared", at="2016-09-25T10:00", reason="The hall is not free."
        )
        before = Client().get(reverse("contest", args=[contest.slug])).content.decode()
        assert "The hall is not free." not in before
        confirm(office.bob, proposal)
        text = " ".join(Read(Client().get(reverse("contest", args=[contest.slug])).content.decode()).text.split())
    assert "25 September 2016, 10:00 BST instead of 24 September 2016, 11:45 BST. The hall is not free." in text
    assert "Alice" not in text and "Bob" not in text


# -- the minute of declaration -----------------------------------------------------------------------------------


def test_a_page_that_waits_is_told_nothing_until_there_is_something(office: World) -> None:
    contest = played(office, "counted")
    with at("2016-09-24T10:44"):
        page = Read(Client().get(reverse("contest-declaration", args=[contest.slug])).content.decode())
        asks = next(a for _, a in page.tags if "hx-get" in a)
        assert 4000 <= int(re.fullmatch(r"every (\d+)ms", asks["hx-trigger"]).group(1)) <= 7000
        waiting = Client().get(asks["hx-get"])
        assert (waiting.status_code, waiting.content) == (204, b"")
        assert b"Elected" not in Client().get(reverse("contest-declaration-live", args=[contest.slug])).content
    declare(office, contest)
    with at("2016-09-24T10:46"):
        told = Client().get(asks["hx-get"])
        assert told.status_code == 200
        assert "Elected: Jeremy Corbyn" in told.content.decode() and 'hx-swap-oob="true"' in told.content.decode()
        page = Client().get(reverse("contest-declaration", args=[contest.slug])).content.decode()
        assert "313,209" in page and "hx-get" not in page and "htmx" not in page


def test_a_new_time_of_the_declaration_reaches_those_who_wait(office: World) -> None:
    contest = played(office, "counted")
    with at("2016-09-24T10:00"):
        page = Read(Client().get(reverse("contest-declaration", args=[contest.slug])).content.decode())
        asks = next(a for _, a in page.tags if "hx-get" in a)["hx-get"]
        proposal = contests.change_date(office.alice, contest, key="declared", at="2016-09-24T14:00", reason="Recount.")
        confirm(office.bob, proposal)
        told = Client().get(asks)
    assert told.status_code == 200 and "14:00 BST" in told.content.decode()


def test_a_page_for_everybody_is_not_sent_twice(office: World) -> None:
    contest = played(office, "declared")
    address = reverse("contest-declaration", args=[contest.slug])
    first = Client().get(address)
    assert "public" in first.headers["Cache-Control"] and "max-age=0, s-maxage=5" in first.headers["Cache-Control"]
    again = Client().get(address, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    packed = Client().get(address, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.content) == first.content
    signed_in = office.client(office.nobody).get(address, headers={"if-none-match": first.headers["ETag"]})
    assert signed_in.status_code == 200 and "no-store" in signed_in.headers["Cache-Control"]


def test_a_kept_page_asks_the_database_for_next_to_nothing(
    office: World, settings, django_assert_max_num_queries
) -> None:
    from selectorate.office.pages import everybody

    contest, settings.PAGES_KEPT = played(office, "declared"), 60
    address = reverse("contest-declaration", args=[contest.slug])
    try:
        first = Client().get(address)
        with django_assert_max_num_queries(1):  # which contest it is, and whether it is public
            again = Client().get(address)
        assert again.content == first.content
        assert b"Your desk" in office.client(office.alice).get(address).content
        assert b"Your desk" not in Client().get(address).content
    finally:
        everybody.forget()


def test_while_one_draws_the_others_read_without_pictures(office: World) -> None:
    from filelock import FileLock

    contest = played(office, "declared")
    published.caches["sheets"].clear()
    drawn = published.declaration_of(contest)
    published.caches["sheets"].clear()
    folder = Path(published.settings.HOME) / "cache"
    with FileLock(folder / f"{drawn.key[:32]}.lock"):
        plain = published.declaration_of(contest)
    assert "<svg" not in plain.parts and "<svg" in drawn.parts
    assert "313,209" in plain.parts and plain.etag != drawn.etag
    assert published.declaration_of(contest) == drawn


def test_sheets_are_drawn_as_soon_as_there_is_a_declaration(office: World, django_capture_on_commit_callbacks) -> None:
    contest = played(office, "counted")
    published.caches["sheets"].clear()
    with django_capture_on_commit_callbacks(execute=True):
        declare(office, contest)
    contest.refresh_from_db()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(published.sheets, "illustrated", None)  # nobody who reads has to draw any more
        assert "<svg" in published.declaration_of(contest).parts


# -- declaration, mandate and their files ---------------------------------------------------------------------------


def test_anybody_can_make_the_declaration_again(office: World, tmp_path: Path) -> None:
    contest = played(office, "declared")
    answer = Client().get(reverse("contest-declaration-file", args=[contest.slug, "zip"]))
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    made = CliRunner().invoke(app, ["declare", str(tmp_path / contest.slug), "--json"])
    assert made.exit_code == 0, made.output
    ours = Client().get(reverse("contest-declaration-file", args=[contest.slug, "json"]))
    import json

    assert json.loads(made.stdout) == ours.json() == contest.declaration.data


def test_figures_that_the_declaration_keeps_together_are_in_no_file(office: World) -> None:
    contest = played(office, "declared", votes=SMALL)
    page = Client().get(reverse("contest-declaration", args=[contest.slug])).content.decode()
    assert "The contest file is not given out" in page
    assert Client().get(reverse("contest-declaration-file", args=[contest.slug, "zip"])).status_code == 404
    data = Client().get(f"/api/v1/contests/{contest.slug}/declaration").json()
    row = data["ballots"][0]["rounds"][0]["rows"][0]
    assert row["by_section"].get("registered") is None
    table = Client().get(reverse("contest-declaration-file", args=[contest.slug, "csv"])).content.decode()
    assert ",registered," not in "".join(line for line in table.splitlines() if ",candidate," in line and ",3," in line)


def test_the_files_of_a_declaration(office: World) -> None:
    contest = played(office, "declared")
    pdf = Client().get(reverse("contest-declaration-file", args=[contest.slug, "pdf"]))
    assert pdf.content[:5] == b"%PDF-" and "attachment" in pdf.headers["Content-Disposition"]
    csv = Client().get(reverse("contest-declaration-file", args=[contest.slug, "csv"])).content.decode()
    assert ",168216," in csv
    unchanged = Client().get(
        reverse("contest-declaration-file", args=[contest.slug, "pdf"]), headers={"if-none-match": pdf.headers["ETag"]}
    )
    assert unchanged.status_code == 304
    undeclared = played(office, "adopted", title="Another")
    for kind in ("pdf", "csv", "json", "zip"):
        assert Client().get(reverse("contest-declaration-file", args=[undeclared.slug, kind])).status_code == 404
    assert Client().get(reverse("contest-mandate", args=[undeclared.slug])).status_code == 404


def test_the_mandate_stands_beside_a_contest_of_the_gallery_with_its_claims(office: World) -> None:
    contest = played(office, "counted", against="labour-2015")
    contest.claims = [
        {
            "quote": "a larger margin than last year",
            "by": "a comment",
            "reading": [{"is": "higher than", "than": "uk-labour-leadership-2015", "measures": ["lead-votes"]}],
        }
    ]
    contest.save()
    declare(office, contest)
    contest.refresh_from_db()
    text = Read(Client().get(reverse("contest-mandate", args=[contest.slug])).content.decode()).text
    assert "2016 beside 2015" in text and "a larger margin than last year" in text
    assert "does not hold" in text.lower()
    assert "What it would have taken" in text


def test_the_mandate_stands_beside_an_earlier_contest_of_this_office(office: World) -> None:
    earlier = played(office, "declared", title="The one before", votes=SMALL)
    later = played(office, "declared", against=earlier.slug, title="The one after")
    page = Client().get(reverse("contest-mandate", args=[later.slug])).content.decode()
    assert "The one before" in page


def test_no_file_of_the_machine_is_read_as_an_earlier_contest(office: World, tmp_path: Path) -> None:
    (tmp_path / "contest.toml").write_text("title = 1")
    contest = played(office, "declared")
    Contest.objects.filter(pk=contest.pk).update(against=str(tmp_path))  # acts refuse it already
    assert Client().get(reverse("contest-mandate", args=[contest.slug])).status_code == 200
    with pytest.raises(published.InputError, match="no contest of that name"):
        published.load_case(str(tmp_path))


def test_a_short_name_of_the_gallery_leads_to_the_whole_one() -> None:
    answer = Client().get("/gallery/labour-2016/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/gallery/uk-labour-leadership-2016/")
    assert Client().get("/gallery/nothing/").status_code == 404


def test_a_candidates_picture_is_served_while_they_are_public(office: World) -> None:
    from PIL import Image

    from selectorate.office.acts import candidates

    contest = played(office, "nominated")
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    user = contest.candidates.get(key="smith").user
    with at("2016-08-01T12:00"):
        candidates.set_picture(user, contest, candidate="smith", data=out.getvalue())
        page = Read(Client().get(reverse("contest", args=[contest.slug])).content.decode())
        (picture,) = page.all("img")
        answer = Client().get(picture["src"])
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.content[:2] == b"\xff\xd8"
        again = Client().get(picture["src"], headers={"if-none-match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert Client().get(picture["src"].replace("smith", "nobody")).status_code == 404


def test_a_spreadsheet_takes_no_name_for_a_formula(office: World) -> None:
    contest = played(office, "nominated", title="=cmd|' /C calc'!A0")
    contest.candidates.filter(key="smith").update(name="=HYPERLINK(1)")
    lines = Client().get("/contests.csv").content.decode().splitlines()
    assert "'=cmd" in lines[1]
    table = Client().get(reverse("contest-nominations-csv", args=[contest.slug])).content.decode()
    assert "'=HYPERLINK" in table and ",=HYPERLINK" not in table


def test_lists_come_in_pages_and_ask_a_bounded_number_of_questions(
    office: World, django_assert_max_num_queries
) -> None:
    model = played(office, "adopted")
    dates = list(model.dates.all())
    for number in range(120):
        made = Contest.objects.get(pk=model.pk)
        made.pk, made.slug, made.title = None, f"election-{number}", f"Election {number}"
        made.save()
        for date in dates:
            date.pk, date.contest = None, made
            date.save()
    with django_assert_max_num_queries(12):
        first = Client().get("/contests/").content.decode()
    assert 'rel="next"' in first and first.count('class="title"') == 50
    last = Client().get("/contests/?page=3&year=2016").content.decode()
    assert last.count('class="title"') == 21
    for query in (
        "?page=zero",
        "?office=x",
        "?year=99999",
        "?year=-1",
        "?office=999999999999999999999",
        "?year=²",
        "?office=²",
        "?year=1e3",
    ):
        assert Client().get(f"/contests/{query}").status_code == 200


def test_to_json_of_the_gallery_is_what_the_api_gives() -> None:
    from selectorate import contest

    answer = Client().get("/api/v1/gallery/uk-labour-leadership-2016/declaration").json()
    assert answer == to_json(contest.declare(contest.load("labour-2016")))
