/** A paper as it is filled in: values in, values out; the page draws them, the worker encrypts them. */
import type { Paper } from "./data.js";
import { each, inserted, kept, made, place, without } from "./plain.js";

/** What stands on a paper: names by their index, in the order in which they were ranked or chosen. */
export interface Filled {
  chosen: readonly number[];
  /** Blank was ticked: a blank paper is never the result of leaving something out. */
  blank: boolean;
}

export const EMPTY: Filled = { chosen: [], blank: false };

/** Whether blank is offered: also where the rules let nobody be chosen, so that it is said and not just left. */
export function offersBlank(paper: Paper): boolean {
  return paper.blank || (paper.kind === "choose up to" && paper.least === 0);
}

/** How many names may stand on it. */
export function room(paper: Paper): number {
  return paper.kind === "rank" ? paper.ranks : paper.most;
}

/** The paper with a name at a place of the ranking (0: the first); off it if the place is negative. */
export function moved(paper: Paper, filled: Filled, name: number, to: number): Filled {
  const others = without(filled.chosen, name);
  if (to < 0) return { ...filled, chosen: others };
  if (others.length >= room(paper)) return filled;
  const at = to > others.length ? others.length : to;
  return { chosen: inserted(others, name, at), blank: false };
}

/** The paper with a name chosen or not; where one is chosen, it takes the place of the other. */
export function ticked(paper: Paper, filled: Filled, name: number, on: boolean): Filled {
  const others = without(filled.chosen, name);
  if (!on) return { ...filled, chosen: others };
  return { chosen: room(paper) === 1 ? [name] : inserted(others, name, others.length), blank: false };
}

/** The paper with blank ticked or not: a blank paper has no names. */
export function blanked(filled: Filled, on: boolean): Filled {
  return on ? { chosen: [], blank: true } : { ...filled, blank: false };
}

/** What keeps the paper from being sealed. */
export type Fault = "" | "empty" | "too few" | "too many";

/** What is wrong with the paper; "" if it can be sealed. */
export function faultOf(paper: Paper, filled: Filled): Fault {
  if (filled.blank) return offersBlank(paper) ? "" : "empty";
  const count = filled.chosen.length;
  if (count === 0) return "empty";
  if (paper.kind !== "rank" && count < paper.least) return "too few";
  return count > room(paper) ? "too many" : "";
}

/** What the voter is warned of before the ballot is cast. */
export type Warning = "blank" | "partial" | "fewer" | "again" | "final" | "easy";

/** The warnings for a paper, in the order in which they are shown. */
export function warnings(paper: Paper, filled: Filled, told: { revote: boolean; easy: boolean }): Warning[] {
  const able: [Warning, boolean][] = [
    ["blank", filled.blank],
    ["partial", paper.kind === "rank" && !filled.blank && filled.chosen.length < room(paper)],
    ["fewer", paper.kind === "choose up to" && !filled.blank && filled.chosen.length < paper.most],
    ["again", paper.castBefore],
    ["final", !told.revote],
    ["easy", told.easy],
  ];
  return made(kept(able, (one) => one[1]), (one) => one[0]);
}

/**
 * The answer that is encrypted. `bits`: the question is one of choices (0 or 1 for each, first for blank if the
 * question has it); otherwise a number for each name: its rank, 0 for none, or 1 where names are only chosen.
 */
export function answerOf(paper: Paper, filled: Filled, bits: boolean): number[] {
  const answer: number[] = [];
  if (bits && paper.blank) answer[0] = filled.blank ? 1 : 0;
  each(paper.names, (_, name) => {
    const at = filled.blank ? -1 : place(filled.chosen, name);
    answer[answer.length] = at < 0 ? 0 : paper.kind === "rank" ? at + 1 : 1;
  });
  return answer;
}
