/** What the office tells the booth (booth.json): read with suspicion, because whoever sends it may be wrong. */
import { readElection, type Election, type Question } from "./election.js";
import { fromBase64, isElement } from "./group.js";

export const PAPERS = ["rank", "choose one", "choose up to", "yes or no"] as const;
export type Kind = (typeof PAPERS)[number];

/** One paper as the page shows it. */
export interface Paper {
  box: string;
  section: string;
  kind: Kind;
  question: string;
  names: string[];
  /** The order in which the names stand on this voter's paper: indices into `names`. */
  order: number[];
  least: number;
  most: number;
  blank: boolean;
  /** How many names may be ranked. */
  ranks: number;
  castBefore: boolean;
  /** When the box closes, in words. */
  closes: string;
}

/** What the page is told of booth.json. */
export interface Told {
  title: string;
  revote: boolean;
  easy: boolean;
  find: string;
  /** The address of the page that says what is promised and what is not. */
  promises: string;
  papers: Paper[];
}

/** What the worker keeps of a paper beside what the page shows. */
export interface Held {
  paper: Paper;
  election: Election;
  question: Question;
  /** The voter's public credential for this box, if the office says which it is. */
  credential: string;
}

export interface Data {
  told: Told;
  held: Held[];
  cast: string;
  csrf: string;
  /** The key with which receipts are checked, or "". */
  receipts: string;
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const wrong = (what: string): Error => new Error(`what the office sent cannot be used: ${what}`);

/** The data of a voter's booth. `here`: the page's origin, beyond which no ballot is ever sent. Throws an Error. */
export function readData(raw: string, here: string): Data {
  const value: unknown = JSON.parse(raw);
  if (!isObject(value) || !isObject(value.contest) || !Array.isArray(value.papers)) throw wrong("it has no papers");
  const cast = new URL(text(value.cast) || "?", here);
  const within = (address: string): string => {
    if (!address) return "";
    const url = new URL(address, here);
    if (url.origin !== cast.origin) throw wrong("another host");
    return url.href;
  };
  if (cast.origin !== new URL(here).origin) throw wrong("another host");
  const receipts = text(value.receipts);
  if (receipts && !/^[0-9a-f]{64}$/.test(receipts)) throw wrong("the key of the receipts");
  const held = value.papers.map(readPaper);
  return {
    told: {
      title: text(value.contest.title),
      revote: value.revote === true,
      easy: value.easy === true,
      find: within(text(value.find)),
      promises: within(text(value.promises)),
      papers: held.map((one) => one.paper),
    },
    held,
    cast: cast.href,
    csrf: text(value.csrf),
    receipts,
  };
}

function readPaper(value: unknown): Held {
  if (!isObject(value)) throw wrong("a paper");
  const election = readElection(new TextDecoder("utf-8", { fatal: true }).decode(fromBase64(text(value.election))));
  const kind = PAPERS.find((one) => one === value.paper);
  const question = election.questions[0];
  if (!kind || !question || election.questions.length !== 1) throw wrong("the paper is of no kind that is known");
  if (election.uuid !== value.box) throw wrong("the election is not that of the box");
  const names = question.answers;
  if (JSON.stringify(value.names) !== JSON.stringify(names)) throw wrong("the names are not those of the election");
  const credential = text(value.credential);
  if (credential && !isElement(credential)) throw wrong("the credential");
  if ((kind === "rank") !== (question.kind === "ranking") && kind !== "choose up to") throw wrong("the kind of paper");
  const single = kind === "choose one" || kind === "yes or no";
  const chosen = question.kind === "choice" ? question : { least: number(value.least), most: number(value.most) };
  const paper: Paper = {
    box: election.uuid,
    section: text(value.section_name) || text(value.section),
    kind,
    question: question.question,
    names,
    order: readOrder(value.order, names.length),
    least: single ? 1 : chosen.least,
    most: single ? 1 : chosen.most,
    blank: question.kind === "choice" ? question.blank : value.blank === true,
    ranks: Math.min(number(value.max_ranks) || names.length, names.length),
    castBefore: value.cast_before === true,
    closes: text(value.closes),
  };
  if (paper.most < 1 && kind !== "rank") throw wrong("nobody can be chosen");
  return { paper, election, question, credential };
}

const number = (value: unknown): number => (Number.isInteger(value) && (value as number) >= 0 ? (value as number) : 0);

/** The order of the names: a permutation, so that each stands on the paper once. */
function readOrder(value: unknown, size: number): number[] {
  const order = Array.isArray(value) ? value.filter((one): one is number => Number.isInteger(one)) : [];
  const sorted = [...order].sort((a, b) => a - b);
  if (order.length !== size || sorted.some((one, place) => one !== place)) throw wrong("the order of the names");
  return order;
}
