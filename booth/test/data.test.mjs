/** What the office sends is not believed further than it holds together. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readData, readReceipt, ready } from "../build/test/parts.mjs";

const vectors = JSON.parse(readFileSync(new URL("../../tests/vectors/box/ballots.json", import.meta.url), "utf8"));
const election = vectors[0].election;
await ready();

const paper = (more) => ({
  box: JSON.parse(election).uuid, section: "members", section_name: "Members", paper: "rank", question: "Who?",
  election: Buffer.from(election, "utf8").toString("base64"), names: ["Ada", "Ben", "Cyd"], order: [2, 0, 1],
  least: 0, most: 0, blank: true, max_ranks: 30, cast_before: false, ...more,
});
const sent = (more = {}, papers = [paper()]) =>
  JSON.stringify({ contest: { title: "T", slug: "t" }, revote: true, easy: false, papers, cast: "/cast/", csrf: "c", ...more });

test("good data is read", () => {
  const data = readData(sent(), "https://vote.example");
  assert.equal(data.cast, "https://vote.example/cast/");
  assert.equal(data.told.papers[0].ranks, 3);
  assert.equal(data.held[0].election.phi, vectors[0].phi);
});

test("bad data is refused", () => {
  const here = "https://vote.example";
  const bad = [
    "[]", "{}", sent({ cast: "https://other.example/cast/" }), sent({ find: "https://other.example/" }), sent({ promises: "javascript:0" }),
    sent({ receipts: "zz" }), sent({}, [paper({ box: "another" })]), sent({}, [paper({ names: ["Ada", "Ben", "Eve"] })]),
    sent({}, [paper({ order: [0, 1] })]), sent({}, [paper({ order: [0, 1, 1] })]), sent({}, [paper({ order: [0, 1, 3] })]),
    sent({}, [paper({ paper: "lists" })]), sent({}, [paper({ paper: "choose one" })]), sent({}, [paper({ election: "e30=" })]),
    sent({}, [paper({ credential: "9".repeat(63) + "5" })]),
  ];
  for (const raw of bad) assert.throws(() => readData(raw, here), undefined, raw.slice(0, 200));
});

test("a receipt for something else is told", () => {
  const cast = { box: "b", credential: "c", tracker: "t" };
  const receipt = { format: "selectorate-receipt-1", contest: "x", ...cast, event: "e", height: 3, signature: "AAAA" };
  assert.equal(readReceipt(JSON.stringify(receipt), cast, "").good, true);
  assert.equal(readReceipt(JSON.stringify({ ...receipt, tracker: "u" }), cast, "").good, false);
  assert.equal(readReceipt(JSON.stringify({ ...receipt, credential: "d" }), cast, "").good, false);
  assert.equal(readReceipt(JSON.stringify(receipt), cast, "0".repeat(64)).good, false, "not signed");
  assert.throws(() => readReceipt("{}", cast, ""));
});
