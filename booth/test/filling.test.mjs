/** What stands on a paper, and what is encrypted of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as booth from "../build/test/parts.mjs";

const paper = (more) => ({
  box: "b", section: "", kind: "rank", question: "Who?", names: ["Ada", "Ben", "Cyd", "Dov"], order: [2, 0, 3, 1],
  least: 0, most: 0, blank: true, ranks: 4, castBefore: false, ...more,
});
const told = { revote: true, easy: false };

test("a ranking is filled, changed and read by the index of each name", () => {
  const rank = paper();
  let filled = booth.EMPTY;
  assert.equal(booth.faultOf(rank, filled), "empty");
  for (const [name, to] of [[2, 0], [0, 1], [3, 99], [3, 0]]) filled = booth.moved(rank, filled, name, to);
  assert.deepEqual(filled.chosen, [3, 2, 0]);
  assert.deepEqual(booth.answerOf(rank, filled, false), [3, 0, 2, 1]);
  assert.deepEqual(booth.warnings(rank, filled, told), ["partial"]);
  filled = booth.moved(rank, filled, 2, -1);
  assert.deepEqual(booth.answerOf(rank, filled, false), [2, 0, 0, 1]);
  assert.equal(booth.faultOf(rank, filled), "");
});

test("no more names are ranked than may be", () => {
  const rank = paper({ ranks: 2 });
  let filled = booth.moved(rank, booth.moved(rank, booth.EMPTY, 0, 0), 1, 1);
  assert.equal(booth.moved(rank, filled, 2, 0), filled);
  assert.deepEqual(booth.moved(rank, filled, 1, 0).chosen, [1, 0]);
});

test("blank is ticked, never left", () => {
  const rank = paper();
  const blank = booth.blanked(booth.moved(rank, booth.EMPTY, 0, 0), true);
  assert.deepEqual(blank, { chosen: [], blank: true });
  assert.deepEqual(booth.answerOf(rank, blank, false), [0, 0, 0, 0]);
  assert.equal(booth.faultOf(rank, blank), "");
  assert.deepEqual(booth.warnings(rank, blank, told), ["blank"]);
  assert.equal(booth.faultOf(paper({ blank: false }), blank), "empty");
  assert.equal(booth.moved(rank, blank, 1, 0).blank, false);
  assert.deepEqual(booth.blanked(blank, false), booth.EMPTY);
});

test("choosing one, several, or blank makes the bits of the question", () => {
  const one = paper({ kind: "choose one", least: 1, most: 1 });
  let filled = booth.ticked(one, booth.ticked(one, booth.EMPTY, 1, true), 3, true);
  assert.deepEqual(booth.answerOf(one, filled, true), [0, 0, 0, 0, 1]);
  assert.deepEqual(booth.answerOf(one, booth.blanked(filled, true), true), [1, 0, 0, 0, 0]);
  assert.deepEqual(booth.answerOf({ ...one, blank: false }, filled, true), [0, 0, 0, 1]);
  const several = paper({ kind: "choose up to", least: 2, most: 3, blank: false });
  filled = booth.ticked(several, booth.EMPTY, 0, true);
  assert.equal(booth.faultOf(several, filled), "too few");
  for (const name of [1, 2, 3]) filled = booth.ticked(several, filled, name, true);
  assert.equal(booth.faultOf(several, filled), "too many");
  filled = booth.ticked(several, filled, 1, false);
  assert.equal(booth.faultOf(several, filled), "");
  assert.deepEqual(booth.answerOf(several, filled, true), [1, 0, 1, 1]);
  assert.deepEqual(booth.answerOf(several, filled, false), [1, 0, 1, 1], "in a question whose papers are opened");
  assert.equal(booth.offersBlank(paper({ kind: "choose up to", least: 0, blank: false })), true);
});

test("what a voter must know is said before", () => {
  const rank = paper({ castBefore: true, names: ["Ada"], ranks: 1 });
  const filled = booth.moved(rank, booth.EMPTY, 0, 0);
  assert.deepEqual(booth.warnings(rank, filled, { revote: true, easy: true }), ["again", "easy"]);
  assert.deepEqual(booth.warnings(rank, filled, { revote: false, easy: false }), ["again", "final"]);
});

test("a credential is read with or without dashes, and never half", () => {
  const one = "ABCDE-FGHJKm-LMNPQ-RSTUVW";
  for (const text of [one, "ABCDEFGHJKmLMNPQRSTUVW", ` ABCDE FGHJKm\u2013LMNPQ \nRSTUVW `]) {
    assert.equal(booth.tidied(text), one);
  }
  for (const text of ["", one.slice(1), one + "A", one.replace("A", "0"), one.replace("A", "l"), one.replace("A", "é")]) {
    assert.equal(booth.tidied(text), "");
  }
});
