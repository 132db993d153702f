"""RCTab's own test cases, each counted from its configuration and compared with its report, round by round."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from typer.testing import CliRunner

from selectorate.ballots import formats
from selectorate.ballots.formats.base import Options, Source
from selectorate.cli import app
from selectorate.count.rctab import RctabRules, count_rctab
from selectorate.count.registry import METHODS
from selectorate.count.registry import Options as CountOptions
from selectorate.count.result import EXHAUSTED, Count, CountRound
from selectorate.sheets import rctab_summary

from .sources import SHARED, needs_shared, people, rctab, rctab_cases

REASONS = {
    "exhaustedChoices": "choices",
    "overvotes": "overvote",
    "skippedRankings": "skipped",
    "repeatedRankings": "repeated",
    "finalRoundSurplus": "last surplus",
}


def as_report(count: Count) -> list[dict[str, Any]]:
    """The rounds as RCTab reports them: the totals, and what is then done because of them."""
    out = set()
    report = []
    for index, round_ in enumerate(count.rounds):
        out.update(round_.excluded)
        later = count.rounds[index + 1] if index + 1 < len(count.rounds) else None
        report.append(
            {
                "threshold": round_.quota,
                "tally": {count.name(who): votes for who, votes in round_.totals.items() if who not in out},
                "inactive": {
                    name: round_.why.get(reason, Fraction(0)) + count.spoilt_by.get(reason, 0)
                    for name, reason in REASONS.items()
                },
                "results": _results(count, round_, later),
            }
        )
    return report


def _results(count: Count, round_: CountRound, later: CountRound | None) -> list[Any]:
    results = [("elected", count.name(who), _given(count, who, later)) for who in round_.elected]
    if later is not None and later.action == "exclusion":
        results += [("eliminated", count.name(who), _given(count, who, later)) for who in later.of]
    return sorted(results, key=lambda item: item[:2])


def _given(count: Count, who: int, later: CountRound | None) -> dict[str, Fraction]:
    given: dict[str, Fraction] = {}
    for moved in later.moved if later is not None else ():
        if moved.source == who:
            for to, votes in moved.by.items():
                name = "exhausted" if to == EXHAUSTED else count.name(to)
                given[name] = given.get(name, Fraction(0)) + votes
    return {name: votes for name, votes in given.items() if votes}


def as_expected(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The same of a report in RCTab's form. The votes lost in cutting are compared as a sum, elsewhere."""
    rounds = []
    for round_ in report["results"]:
        results = []
        for result in round_["tallyResults"]:
            kind = "elected" if "elected" in result else "eliminated"
            given = {name: Fraction(votes) for name, votes in result["transfers"].items()}
            given.pop("residual surplus", None)
            results.append((kind, result[kind], {name: votes for name, votes in given.items() if votes}))
        rounds.append(
            {
                "threshold": Fraction(round_["threshold"]),
                "tally": {name: Fraction(votes) for name, votes in round_["tally"].items()},
                "inactive": {name: Fraction(round_["inactiveBallots"].get(name, 0)) for name in REASONS},
                "results": sorted(results, key=lambda item: item[:2]),
            }
        )
    return rounds


@needs_shared
@pytest.mark.parametrize("case", rctab_cases())
def test_every_round_is_rctabs(case: str) -> None:
    profile, config, reports = rctab(case)
    counts = count_rctab(profile, RctabRules.read(config["rules"]))
    assert reports
    for count, report in zip(counts, reports, strict=True):
        ours, expected = as_report(count), as_expected(report)
        for number, (own, theirs) in enumerate(zip(ours, expected, strict=False), 1):
            assert own == theirs, f"round {number}"
        assert len(ours) == len(expected)
        residual = sum(
            Fraction(result["transfers"].get("residual surplus", 0))
            for round_ in report["results"]
            for result in round_["tallyResults"]
        )
        assert count.rounds[-1].lost == residual
        assert count.blank == report["summary"]["undervotes"]
        assert profile.total == int(report["summary"]["totalNumBallots"])


@needs_shared
@pytest.mark.parametrize("case", rctab_cases())
def test_the_projects_own_readers_give_the_same(case: str) -> None:
    _, __, reports = rctab(case)
    path = next((SHARED / "rctab" / case).glob("*_config.json"))
    read = formats.rctab.load(Source.of(path), Options())
    counts = count_rctab(read.profile, RctabRules.read(read.rules))
    assert [as_report(count) for count in counts] == [as_expected(report) for report in reports]


def done(summary: dict[str, Any]) -> dict[str, Any]:
    """``summary`` to be compared: numbers as numbers, no program, and no transfers of nothing (RCTab has some)."""
    config = {key: text for key, text in summary["config"].items() if key != "generatedBy"}
    rounds = []
    for item in summary["results"]:
        results = []
        for result in item["tallyResults"]:
            (kind,) = result.keys() - {"transfers"}
            votes = {name: Fraction(text) for name, text in result["transfers"].items()}
            results.append((kind, result[kind], {name: number for name, number in votes.items() if number}))
        rounds.append(
            {
                **item,
                "inactiveBallots": {name: Fraction(text) for name, text in item["inactiveBallots"].items()},
                "tally": {name: Fraction(text) for name, text in item["tally"].items()},
                "tallyResults": sorted(results, key=lambda result: result[:2]),
                "threshold": Fraction(item["threshold"]),
            }
        )
    totals = {key: Fraction(value) for key, value in summary["summary"].items()}
    return {**summary, "config": config, "results": rounds, "summary": totals}


@needs_shared
@pytest.mark.parametrize("case", rctab_cases())
def test_our_summary_is_rctabs_field_by_field(case: str) -> None:
    profile, config, reports = rctab(case)
    output = config["outputSettings"]
    counts = count_rctab(profile, RctabRules.read(config["rules"]))
    for count, report in zip(counts, reports, strict=True):
        ours = rctab_summary(
            count,
            contest=output["contestName"],
            jurisdiction=output["contestJurisdiction"],
            office=output["contestOffice"],
            date=output["contestDate"],
        )
        assert done(ours) == done(report)
        text = json.dumps(ours)
        assert json.loads(text) == ours
        assert [list(item) for item in ours["results"]] == [list(item) for item in report["results"]]


@needs_shared
@pytest.mark.parametrize("case", rctab_cases())
def test_the_command_writes_rctabs_summary(case: str) -> None:
    _, __, reports = rctab(case)
    path = next((SHARED / "rctab" / case).glob("*_config.json"))
    result = CliRunner().invoke(app, ["count", str(path), "--method", "rctab", "--rctab-json", "-"])
    assert result.exit_code == 0
    written = json.loads(result.stdout)
    written = written if isinstance(written, list) else [written]
    assert [done(summary) for summary in written] == [done(report) for report in reports]


@needs_shared
def test_minneapolis_as_a_method() -> None:
    profile, _, (report,) = rctab("2013_minneapolis_park")
    count = METHODS["minneapolis"].run(profile, 3, CountOptions())
    assert as_report(count) == as_expected(report)
    assert people(count.candidates, count.elected) == ["JOHN ERWIN", "ANNIE YOUNG", "MEG FORNEY"]
