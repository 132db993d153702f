"""A vote held online is set up: the rules, the boxes, credentials in and out; and what is refused."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from tests.site import online as world
from tests.site.stages import Browser
from tests.site.world import World, at

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.credentials import public
from selectorate.desks import registrar as desk
from selectorate.errors import RefusedError
from selectorate.office import preflight, retention
from selectorate.office.acts import confirm, contests, online
from selectorate.office.boxes import casting, layout, voters
from selectorate.office.boxes.credentials import public_list
from selectorate.office.models import Act, BoxVoter, Contest, Mail, RollJob, SealedBox, User


@pytest.fixture
def contest(office: World, transactional_db: None) -> Contest:
    return world.laid_out(office)


@pytest.fixture
def folder(office: World, contest: Contest, tmp_path: Path) -> desk.Folder:
    with at("2016-08-11T10:00"):
        return world.made(office, contest, tmp_path)


# -- the rules -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_rules_say_that_it_is_held_online_and_keep_their_remarks(office: World) -> None:
    with at("2016-07-01T10:00"):
        made = world.drafted(office)
        text = made.rulebook_text
        assert "# The rules of a society." in text and "# they pay less" in text and "# How it is printed." in text
        stage = made.rulebook.stage_named("ballot")
        assert stage.online.revote and stage.online.paper == "none" and stage.shares.decimals == 2  # type: ignore[union-attr]
        online.hold_online(office.alice, made, stage="ballot", revote=False, paper="first counts")
        made.refresh_from_db()
        assert made.rulebook_text.count("online") == 1
        assert made.rulebook.stage_named("ballot").online.paper == "first counts"  # type: ignore[union-attr]
        online.hold_online(office.alice, made, stage="ballot", held_online=False)
        made.refresh_from_db()
        assert "online" not in made.rulebook_text


@pytest.mark.django_db
def test_paper_never_supersedes_and_adoption_freezes(office: World) -> None:
    with at("2016-07-01T10:00"):
        made = world.drafted(office)
        with pytest.raises(RefusedError, match="takes a ballot out"):
            online.hold_online(office.alice, made, stage="ballot", paper="paper supersedes")
        with pytest.raises(RefusedError, match="only a ballot"):
            online.hold_online(office.alice, made, stage="nothing")
        contests.adopt_contest(office.alice, made)
        for act, given in ((online.hold_online, {"stage": "ballot"}), (online.set_up_vote, {})):
            with pytest.raises(RefusedError, match="do not change"):
                act(office.alice, made, **given)


@pytest.mark.django_db
def test_a_contest_is_not_adopted_before_its_online_vote_is_set_up(office: World) -> None:
    with at("2016-07-01T10:00"):
        made = world.drafted(office)
        world.vote_of(made).delete()
        made.refresh_from_db()
        assert [item.route for item in preflight.blocking(made, "adoption")] == ["contest-online"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"size": 0}, "size"),
        ({"threshold": 4}, "threshold"),
        ({"least": 1}, "least"),
        ({"rounds": 21}, "rounds"),
        ({"until": "soon"}, "until"),
        ({"until": "2016-09-01"}, "until"),
    ],
)
def test_what_is_set_up_has_to_make_sense(office: World, given: dict[str, object], field: str) -> None:
    with at("2016-07-01T10:00"):
        made = world.drafted(office)
        with pytest.raises(RefusedError) as caught:
            online.set_up_vote(office.alice, made, **given)
        assert caught.value.field == field


@pytest.mark.django_db
def test_no_box_is_opened_with_fewer_ballots_than_figures_are_shown_of(office: World) -> None:
    with at("2016-07-01T10:00"):
        made = world.drafted(office)
        assert world.vote_of(made).least == 10
        with pytest.raises(RefusedError, match="10 to") as caught:
            online.set_up_vote(office.alice, made, least=9)
        assert caught.value.field == "least"
        Contest.objects.update(rulebook_text=made.rulebook_text + "\n[disclosure]\nfloor = 25\n")
        made = Contest.objects.get(pk=made.pk)
        world.vote_of(made).delete()
        assert 'name="least" value="25"' in Browser(office, office.alice, made).get("office/online/")
        online.set_up_vote(office.alice, made)
        assert world.vote_of(made).least == 25


@pytest.mark.django_db
def test_a_floor_that_is_raised_afterwards_blocks_adoption(office: World) -> None:
    with at("2016-07-01T10:00"):
        made = world.drafted(office)
        Contest.objects.update(rulebook_text=made.rulebook_text + "\n[disclosure]\nfloor = 25\n")
        made = Contest.objects.get(pk=made.pk)
        assert [item.route for item in preflight.blocking(made, "adoption")] == ["contest-online"]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["status", "request", "credentials", "set-up"])
def test_a_wrong_form_for_a_ballot_is_refused_whatever_the_ballot_is_called(office: World, stage: str) -> None:
    """The name of a ballot once was the name of an argument: "status" ended as an error of the server."""
    with at("2016-07-01T10:00"):
        text = world.rules(**world.SPLIT)
        made = world.stages.make(office, "society", text=text, dates=world.DATES, adopt=False)
        alice = Browser(office, office.alice, made)
        alice.post(f"office/online/stages/{stage}/", 404)
        made.dates.all().delete()
        Contest.objects.update(rulebook_text=text.replace('id = "ballot"', f'id = "{stage}"'))
        page = alice.post(f"office/online/stages/{stage}/", 422, **{f"{stage}-paper": "of rice"})
        assert page.count("Select a valid choice") == 1


@pytest.mark.django_db
def test_the_page_sets_up_and_says_what_follows(office: World) -> None:
    with at("2016-07-01T10:00"):
        made = world.stages.make(office, "society", text=world.rules(**world.SPLIT), dates=world.DATES, adopt=False)
        alice = Browser(office, office.alice, made)
        alice.post("office/online/stages/ballot/", **{"ballot-held_online": "on", "ballot-paper": "none"})
        asked = {"easy": "on", "size": 3, "threshold": 2, "least": 12, "rounds": 1, "until": "2016-12-31"}
        page = alice.post("office/online/set-up/", **asked)
        for said in ("Easy mode: the server", "cannot vote: these rules have no paper", "fewer than 12 ballots", "326"):
            assert said in page
        assert "Which ballots are held online" in alice.post("office/online/set-up/", 422, **asked | {"threshold": 9})
        Browser(office, office.registrar, made).post("office/online/set-up/", 403, **asked)


# -- boxes -----------------------------------------------------------------------------------------------------------


def test_a_box_for_each_segment_and_it_is_published(contest: Contest) -> None:
    boxes = list(SealedBox.objects.all())
    assert [(box.section, box.members, box.voters, box.phase) for box in boxes] == [
        ("members", ["members"], 14, "empty"),
        ("supporters", ["supporters"], 12, "empty"),
    ]
    entered = Act.objects.get(kind="lay_out_boxes").details["boxes"]
    assert [one["uuid"] for one in entered] == [box.uuid for box in boxes]


def test_small_segments_vote_together(office: World, transactional_db: None) -> None:
    world.laid_out(office, members=14, supporters=9)
    assert [(box.section, box.members, box.voters) for box in SealedBox.objects.all()] == [
        ("total", ["members", "supporters"], 23)
    ]


def test_the_floor_is_the_fewest_ballots_that_a_key_opens(office: World, transactional_db: None) -> None:
    world.laid_out(office, least=13)
    assert [box.section for box in SealedBox.objects.all()] == ["total"]


def test_boxes_are_laid_out_once_and_not_before_the_roll_is_closed(office: World, contest: Contest) -> None:
    with at("2016-08-11T10:00"), pytest.raises(RefusedError, match="all boxes"):
        online.lay_out_boxes(office.alice, contest)
    with at("2016-07-01T10:00"):
        other = world.drafted(office)
        with pytest.raises(RefusedError, match="not adopted"):
            online.lay_out_boxes(office.alice, other)
        contests.adopt_contest(office.alice, other)
        with pytest.raises(RefusedError, match="roll is not closed"):
            online.lay_out_boxes(office.alice, other)


# -- credentials -----------------------------------------------------------------------------------------------------


def test_public_credentials_are_taken_in_with_the_fingerprints_of_the_registrar(
    office: World, contest: Contest, folder: desk.Folder
) -> None:
    with at("2016-08-11T10:00"):
        job = world.handed_in(office, contest, folder.public.read_bytes())
        assert job.status == RollJob.Status.DONE, job.says
        vote = world.vote_of(contest)
        assert vote.copy == "kept"
        voting = desk.read_voting(folder.path.parent / "voting.json")
        assert {fault for _box, fault in desk.compare(folder, voting)} == {"nothing is published for this box yet"}
        world.files_of(office, contest, folder.path.parent)
        assert [
            fault for _box, fault in desk.compare(folder, desk.read_voting(folder.path.parent / "voting.json"))
        ] == [
            "",
            "",
        ]
        _about, private = folder.secrets(world.PASSPHRASE)
        for box in vote.boxes.all():
            assert box.people.count() == box.voters
            person = next(voter for voter in voters.electorate(contest, "ballot") if voter.segments == (box.section,))
            own = box.people.get(who=voters.who(vote, person.voter))
            assert own.credential == public(ED25519, box.uuid, private[person.voter])
            assert own.credential in public_list(box).decode()
        assert Act.objects.filter(kind="hand_out_voters").count() == 2
        # Nothing of a private credential is in the database.
        secret = next(iter(private.values()))
        assert not RollJob.objects.filter(payload__icontains=secret).exists()


def test_a_list_is_taken_wholly_or_not_at_all(office: World, contest: Contest, folder: desk.Folder) -> None:
    whole = folder.public.read_bytes()
    lines = whole.splitlines()
    first, second = json.loads(lines[1]), json.loads(lines[2])
    head = json.loads(lines[0])
    (uuid,) = first["keys"]
    other = next(box.uuid for box in SealedBox.objects.all() if box.uuid != uuid)
    order_two = "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
    wrong = {
        "another contest": world.changed(whole, 0, contest="1" * 22),
        "no list": b"{}\n",
        "is none of this contest": world.changed(whole, 0, fingerprints=head["fingerprints"] | {"1" * 22: "x"}),
        "a box is missing": world.changed(whole, 0, fingerprints={uuid: head["fingerprints"][uuid]}),
        "no vote here": world.changed(whole, 1, voter="roll:nobody"),
        "twice: roll": whole + lines[1] + b"\n",
        "not those in which": world.changed(whole, 1, keys={other: first["keys"][uuid]}),
        "no element": world.changed(whole, 1, keys={uuid: order_two}),
        "no public key": world.changed(whole, 1, keys={uuid: first["keys"][uuid].upper() + "G"}),
        "a key stands": world.changed(whole, 1, keys=second["keys"]),
        "have no credential": b"\n".join(lines[:-1]) + b"\n",
        "fingerprint": world.changed(whole, 0, fingerprints=head["fingerprints"] | {uuid: "A" * 43}),
        "cannot be read": whole + b"{\xff\n",
    }
    with at("2016-08-11T10:00"):
        for says, content in wrong.items():
            job = world.handed_in(office, contest, content)
            assert job.status == RollJob.Status.FAILED and says in job.says, (says, job.says)
            assert not BoxVoter.objects.exists() and world.vote_of(contest).copy == "none"


def test_a_list_is_replaced_with_a_reason_until_a_box_has_opened(
    office: World, contest: Contest, folder: desk.Folder, tmp_path: Path
) -> None:
    with at("2016-08-11T10:00"):
        world.handed_in(office, contest, folder.public.read_bytes())
        before = set(BoxVoter.objects.values_list("credential", flat=True))
        (tmp_path / "second").mkdir()
        again = world.made(office, contest, tmp_path / "second")
        assert "already" in world.handed_in(office, contest, again.public.read_bytes()).says
        job = world.handed_in(office, contest, again.public.read_bytes(), reason="The disk was stolen")
        assert job.status == RollJob.Status.DONE, job.says
        after = set(BoxVoter.objects.values_list("credential", flat=True))
        assert len(after) == len(before) and not after & before
        assert Act.objects.filter(kind="take_credentials").latest("pk").details["reason"] == "The disk was stolen"
        SealedBox.objects.filter(section="members").update(phase="voting")
        job = world.handed_in(office, contest, folder.public.read_bytes(), reason="Once more")
        assert "no credential is new" in job.says
        assert set(BoxVoter.objects.values_list("credential", flat=True)) == after


def test_the_list_of_voters_is_the_registrars_alone(office: World, contest: Contest) -> None:
    with at("2016-08-11T10:00"):
        for user, status in ((office.alice, 403), (office.scrutineer, 403), (office.nobody, 403)):
            Browser(office, user, contest).post("office/online/voters.csv", status)
        assert not Act.objects.filter(kind="hand_out_voters").exists()
        for user in (office.alice, office.scrutineer):
            said = json.loads(Browser(office, user, contest).get("office/online/voting.json"))
            assert said["format"] == "selectorate-voting-1" and len(said["boxes"]) == 2
            assert "example.org" not in json.dumps(said)


def test_the_registrar_says_that_the_copy_is_destroyed(office: World, contest: Contest, folder: desk.Folder) -> None:
    with at("2016-08-11T10:00"):
        with pytest.raises(RefusedError, match="no copy"):
            online.copy_destroyed(office.registrar, contest)
        world.handed_in(office, contest, folder.public.read_bytes())
        rita = Browser(office, office.registrar, contest)
        assert "I have destroyed my copy" in rita.get("office/online/")
        assert "destroyed" in rita.post("office/online/destroyed/")
        assert world.vote_of(contest).copy == "destroyed"


# -- easy mode -------------------------------------------------------------------------------------------------------


def test_in_easy_mode_two_officials_let_the_server_mail_credentials(office: World, transactional_db: None) -> None:
    contest = world.laid_out(office, easy=True)
    with at("2016-08-11T10:00"):
        vote = world.vote_of(contest)
        alice = Browser(office, office.alice, contest)
        page = alice.post("office/online/send/")
        assert "Easy mode: in this contest the server" in page and "Waits for a second official" in page
        assert not Mail.objects.filter(subject__contains="credential").exists()
        proposal = contest.proposals.get(kind="send_credentials")
        with pytest.raises(RefusedError):
            confirm(office.alice, proposal)
        confirm(office.bob, proposal)
        from selectorate.office.rolls import working

        job = RollJob.objects.get(kind="mail_credentials")
        if job.status == RollJob.Status.WAITING:
            working.work_on(job.pk)
        job.refresh_from_db()
        assert job.status == RollJob.Status.DONE, job.says
        mails = list(Mail.objects.filter(subject__startswith="Your credential"))
        assert len(mails) == 26 == BoxVoter.objects.count()
        vote.refresh_from_db()
        assert vote.copy == "destroyed"
        person = next(iter(voters.electorate(contest, "ballot")))
        (mail,) = [one for one in mails if one.to == person.email]
        assert f"{layout.address(contest)}#" in mail.body
        private = re.search(r"#([-\w]{25})", mail.body)[1]  # type: ignore[index]
        own = BoxVoter.objects.get(who=voters.who(vote, person.voter))
        assert own.credential == public(ED25519, own.box.uuid, private)
        with pytest.raises(RefusedError, match="wait for credentials"):
            online.send_credentials(office.alice, contest)
        with pytest.raises(RefusedError, match="easy mode"):
            online.take_credentials(office.registrar, contest, file="credentials/x/credentials.jsonl")
        assert private not in json.dumps([one.details for one in Act.objects.all()])


# -- what a list is worth, and when it goes ----------------------------------------------------------------------------


def test_a_list_that_leaked_does_not_cast(office: World, contest: Contest, folder: desk.Folder) -> None:
    """The public list and the list of voters, without a private credential, make no ballot that is taken."""
    from tests.site import boxed

    made = boxed.box_of(contest, 3, section="leaked")
    stolen = BoxVoter.objects.filter(box=made.box).first()
    assert stolen is not None
    # Whoever has the public key alone signs with another one, and says that it is the voter's.
    thief = made.credentials[1]
    ballot = boxed.make_ballot(boxed.store.election_of(made.box), thief, [[1, 2, 3]])
    forged = ballot.replace(public(ED25519, made.box.uuid, thief).encode(), stolen.credential.encode())
    assert forged != ballot
    with pytest.raises(casting.CastRefusedError):
        casting.cast(made.box, forged, who=made.who(0))
    with pytest.raises(casting.CastRefusedError):
        casting.cast(made.box, ballot, who=made.who(0))


def test_whose_credential_is_whose_goes_when_challenges_are_over(
    office: World, contest: Contest, folder: desk.Folder
) -> None:
    with at("2016-08-11T10:00"):
        world.handed_in(office, contest, folder.public.read_bytes())
    vote = world.vote_of(contest)
    from selectorate.office.models import VoterCode
    from selectorate.office.models.boxes import PaperVote
    from selectorate.office.moment import now

    with at("2016-10-01T10:00"):
        vote.until = now()
        vote.save()
        VoterCode.objects.create(vote=vote, who="a", code="b")
        PaperVote.objects.create(box=vote.boxes.first(), who="a", outcome="counts")
        retention.clear_away()
        assert BoxVoter.objects.exclude(who=None).count() == 26  # it is not declared
        contest.declared, contest.status = now(), Contest.Status.DECLARED
        contest.save()
        retention.clear_away()
    assert not BoxVoter.objects.exclude(who=None).exists() and BoxVoter.objects.count() == 26
    assert not VoterCode.objects.exists() and PaperVote.objects.get().who.startswith("gone ")
    assert world.vote_of(contest).map_deleted is not None
    assert Act.objects.filter(kind="delete_voter_map").count() == 1
    with at("2016-10-02T10:00"):
        retention.clear_away()
    assert Act.objects.filter(kind="delete_voter_map").count() == 1


def test_the_page_is_there_for_every_official(office: World, contest: Contest) -> None:
    with at("2016-08-11T10:00"):
        for user in (office.alice, office.registrar, office.scrutineer):
            page = html.unescape(Browser(office, user, contest).get("office/online/"))
            assert "Boxes" in page and "After a box has opened, a lost credential can only be sent again" in page
        assert User.objects.filter(pk=office.alice.pk).exists()
