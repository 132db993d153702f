/** The election as the booth reads it: its bytes are hashed as they came, and never written anew. */
import { base64Hash, IDENTITY, isElement, MOST_VALUES, type Point } from "./group.js";

export interface Ranking {
  kind: "ranking";
  question: string;
  answers: string[];
}

export interface Choice {
  kind: "choice";
  question: string;
  answers: string[];
  blank: boolean;
  least: number;
  most: number;
}

export type Question = Ranking | Choice;

export interface Election {
  uuid: string;
  name: string;
  phi: string;
  y: Point;
  questions: Question[];
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");

/** The election whose text is `raw`. Throws an Error for one for which this booth cannot make ballots. */
export function readElection(raw: string): Election {
  const value: unknown = JSON.parse(raw);
  if (!isObject(value) || value.version !== 1 || value.group !== "Ed25519") {
    throw new Error("this booth makes ballots for version 1 and the group Ed25519");
  }
  const { uuid, name, public_key: y, questions } = value;
  if (typeof uuid !== "string" || typeof name !== "string" || typeof y !== "string" || !Array.isArray(questions)) {
    throw new Error("the election is not of the form that is expected");
  }
  if (!isElement(y) || y === IDENTITY) throw new Error("the key of the election is not in the group");
  return { uuid, name, phi: base64Hash(raw), y, questions: questions.map(readQuestion) };
}

function readQuestion(value: unknown): Question {
  if (isObject(value) && value.type === "NonHomomorphic" && isObject(value.value)) {
    const { question, answers } = value.value;
    if (typeof question === "string" && isTexts(answers) && answers.length <= MOST_VALUES) {
      return { kind: "ranking", question, answers };
    }
  } else if (isObject(value) && value.type === undefined) {
    const { question, answers, min, max, blank } = value;
    if (typeof question === "string" && isTexts(answers) && isSmall(min) && isSmall(max) && min <= max) {
      return { kind: "choice", question, answers, blank: blank === true, least: min, most: max };
    }
  }
  throw new Error("the election asks something that this booth cannot answer");
}

const isSmall = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
