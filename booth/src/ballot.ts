/**
 * A ballot: encrypted answers with their proofs, signed with the voter's credential.
 *
 * Its bytes are the canonical JSON of the protocol: fields in the order of the specification, no spaces; every text in
 * it is ASCII. Source: Belenios specification 3.1, sections 4.8, 4.11 and 4.17.
 */
import { readElection, type Choice, type Election, type Question, type Ranking } from "./election.js";
import {
  base64Hash, draw as drawn, encode, GENERATOR, IDENTITY, modQ, multiply, power, powerG, sha256, type Draw, type Point,
  type Scalar,
} from "./group.js";
import { iprove, proveOneOf, proveRawEncryption, proveSignature, type Ciphertext } from "./proofs.js";

/** What a voter answers to one question: 0 or 1 for each answer (with blank: first 1 if blank), or a number each. */
export type Choices = readonly number[];

const CREDENTIAL = /^[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}$/;

/** The secret exponent of a credential for an election. Source: section 4.8. Throws without repeating it. */
export function secretExponent(uuid: string, credential: string): Scalar {
  if (!CREDENTIAL.test(credential)) throw new Error("this is not a credential: XXXXX-XXXXXX-XXXXX-XXXXXX");
  const hex = [0, 1].map((i) =>
    Array.from(sha256(`derive_credential|${uuid}|${i}|${credential}`), (b) => b.toString(16).padStart(2, "0")).join(""),
  );
  return modQ(BigInt("0x" + hex.join("")));
}

/** The public credential that belongs to a secret one. */
export function publicCredential(uuid: string, credential: string): Point {
  return powerG(secretExponent(uuid, credential));
}

/** The tracker by which a voter finds a ballot: its hash in Base64. */
export function tracker(ballot: string): string {
  return base64Hash(ballot);
}

interface Encryption {
  ciphertext: Ciphertext;
  r: Scalar;
}

function encrypt(y: Point, plaintext: Point, draw: Draw): Encryption {
  const r = draw();
  return { ciphertext: { alpha: powerG(r), beta: multiply(power(y, r), plaintext) }, r };
}

interface Answered {
  answer: unknown;
  randomness: Scalar[];
}

function answer(election: Election, question: Question, choices: Choices, s0: string, draw: Draw): Answered {
  if (choices.some((number) => !Number.isInteger(number))) throw new Error("an answer is made of whole numbers");
  return question.kind === "ranking"
    ? rankingAnswer(election, question, choices, s0, draw)
    : choiceAnswer(election, question, choices, s0, draw);
}

/** Source: section 4.11.2. */
function rankingAnswer(election: Election, question: Ranking, values: Choices, s0: string, draw: Draw): Answered {
  if (values.length !== question.answers.length) throw new Error("the answer has not a number for each name");
  const { ciphertext, r } = encrypt(election.y, encode(values), draw);
  const proof = proveRawEncryption(r, s0, election.y, ciphertext, draw);
  return { answer: { choices: ciphertext, proof }, randomness: [r] };
}

/** Source: sections 4.11.1 and 4.13. */
function choiceAnswer(election: Election, question: Choice, bits: Choices, s0: string, draw: Draw): Answered {
  requireLegal(question, bits);
  const { y } = election;
  const offset = question.blank ? 1 : 0;
  const encrypted = bits.map((bit) => encrypt(y, bit ? GENERATOR : IDENTITY, draw));
  const randomness = encrypted.map((one) => one.r);
  const choices = encrypted.map((one) => one.ciphertext);
  const individual = encrypted.map((one, i) => iprove(s0, one.r, bits[i] ?? 0, [0, 1], one.ciphertext, y, draw));
  const s = `${s0}|${choices.map((c) => `${c.alpha},${c.beta}`).join(",")}`;
  const ms = Array.from({ length: question.most - question.least + 1 }, (_, i) => question.least + i);
  const counted = encrypted.slice(offset);
  const total = bits.slice(offset).reduce((sum, bit) => sum + bit, 0);
  const summed = sumOf(counted.map((one) => one.ciphertext));
  const rSum = modQ(counted.reduce((sum, one) => sum + one.r, 0n));
  if (!question.blank) {
    const overall = iprove(s, rSum, total - question.least, ms, summed, y, draw);
    return { answer: { choices, individual_proofs: individual, overall_proof: overall }, randomness };
  }
  const first = encrypted[0] as Encryption;
  const blank = bits[0] === 1;
  const bounds = [{ ...first.ciphertext, shift: 1 }, ...ms.map((shift) => ({ ...summed, shift }))];
  const overall = proveOneOf(
    bounds, blank ? 0 : 1 + total - question.least, blank ? first.r : rSum, y, (a) => `bproof1|${s}|${a}`, draw,
  );
  const zero = [{ ...first.ciphertext, shift: 0 }, { ...summed, shift: 0 }];
  const blankProof = proveOneOf(zero, blank ? 1 : 0, blank ? rSum : first.r, y, (a) => `bproof0|${s}|${a}`, draw);
  return { answer: { choices, individual_proofs: individual, overall_proof: overall, blank_proof: blankProof }, randomness };
}

function sumOf(parts: readonly Ciphertext[]): Ciphertext {
  return parts.reduce(
    (sum, part) => ({ alpha: multiply(sum.alpha, part.alpha), beta: multiply(sum.beta, part.beta) }),
    { alpha: IDENTITY, beta: IDENTITY },
  );
}

function requireLegal(question: Choice, bits: Choices): void {
  const offset = question.blank ? 1 : 0;
  if (bits.length !== question.answers.length + offset || bits.some((bit) => bit !== 0 && bit !== 1)) {
    throw new Error("an answer to this question is 0 or 1 for each");
  }
  const total = bits.slice(offset).reduce((sum, bit) => sum + bit, 0);
  if (question.blank && bits[0] === 1) {
    if (total) throw new Error("a blank vote chooses nothing");
  } else if (total < question.least || total > question.most) {
    throw new Error(`this question wants ${question.least} to ${question.most} choices, not ${total}`);
  }
}

/** A ballot before it is signed. `commitment`: the hash of its bytes, which the signature signs. */
export interface Prepared {
  content: object;
  commitment: string;
  answers: readonly Choices[];
  /** The randomness of every ciphertext, question by question: with it the ballot is opened (`audit.ts`). */
  randomness: Scalar[][];
}

/** Encrypt `answers`, one a question, for the public credential `key`. */
export function prepareBallot(election: Election, key: Point, answers: readonly Choices[], draw = drawn): Prepared {
  if (answers.length !== election.questions.length) throw new Error("there is not an answer to every question");
  const s0 = `${election.phi}|${key}`;
  const made = election.questions.map((question, i) => answer(election, question, answers[i] ?? [], s0, draw));
  const content = {
    election_uuid: election.uuid,
    election_hash: election.phi,
    credential: key,
    answers: made.map((one) => one.answer),
  };
  const randomness = made.map((one) => one.randomness);
  return { content, commitment: base64Hash(JSON.stringify(content)), answers, randomness };
}

/** The ballot that `prepared` becomes by the signature of the secret exponent of its credential. */
export function signBallot(prepared: Prepared, secret: Scalar, draw = drawn): string {
  const hash = prepared.commitment;
  return JSON.stringify({ ...prepared.content, signature: { hash, proof: proveSignature(secret, hash, draw) } });
}

/** A ballot with `answers`, one a question, signed with the secret `credential`. */
export function makeBallot(election: Election, credential: string, answers: readonly Choices[], draw = drawn): string {
  const secret = secretExponent(election.uuid, credential);
  return signBallot(prepareBallot(election, powerG(secret), answers, draw), secret, draw);
}

export { readElection };
