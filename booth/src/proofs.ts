/**
 * The zero-knowledge proofs that a ballot carries, as the specification makes them.
 *
 * Every proof draws its own `w` first, then challenge and response of each alternative that is simulated, in order.
 * Source: Belenios specification 3.1, sections 4.11 to 4.13 and 4.16.
 */
import { challenge, modQ, multiply, power, powerG, type Draw, type Point, type Scalar } from "./group.js";

/** A proof as it stands in JSON: two numbers below q in decimal. */
export interface Proof {
  challenge: string;
  response: string;
}

/** An ElGamal ciphertext: alpha = g^r, beta = y^r times the plaintext. */
export interface Ciphertext {
  alpha: Point;
  beta: Point;
}

/** One alternative of a disjunction: that (alpha, beta / g^shift) is an encryption of zero. */
export interface Branch extends Ciphertext {
  shift: number;
}

const asJson = (c: Scalar, response: Scalar): Proof => ({ challenge: c.toString(), response: response.toString() });

/** Prove knowledge of `secret`; `hashed` makes the text that is hashed from the commitment A = g^w. */
function proveExponent(secret: Scalar, hashed: (a: Point) => string, draw: Draw): Proof {
  const w = draw();
  const c = challenge(hashed(powerG(w)));
  return asJson(c, modQ(w - secret * c));
}

/** Sign a ballot by its hash with a secret credential. Source: section 4.16. */
export function proveSignature(credential: Scalar, ballotHash: string, draw: Draw): Proof {
  return proveExponent(credential, (a) => `sig|${ballotHash}|${a}`, draw);
}

/** Prove knowledge of the randomness of a ciphertext. Source: section 4.11.2. */
export function proveRawEncryption(r: Scalar, s: string, y: Point, c: Ciphertext, draw: Draw): Proof {
  return proveExponent(r, (a) => `raweg|${s}|${y},${c.alpha},${c.beta}|${a}`, draw);
}

/**
 * Prove that one of `branches` holds: number `holds`, whose ciphertext has the randomness `r`.
 *
 * Each other branch gets a random challenge and response first, and commitments that fit them. Source: section 4.12.
 */
export function proveOneOf(
  branches: readonly Branch[], holds: number, r: Scalar, y: Point, hashed: (a: string) => string, draw: Draw,
): Proof[] {
  const proofs: Proof[] = [];
  const commitments: Point[] = [];
  let others = 0n;
  const w = draw();
  branches.forEach((branch, number) => {
    if (number === holds) {
      commitments.push(powerG(w), power(y, w));
      proofs.push(asJson(0n, 0n));
      return;
    }
    const c = draw();
    const response = draw();
    const beta = branch.shift ? multiply(branch.beta, powerG(BigInt(-branch.shift))) : branch.beta;
    commitments.push(multiply(powerG(response), power(branch.alpha, c)));
    commitments.push(multiply(power(y, response), power(beta, c)));
    proofs.push(asJson(c, response));
    others += c;
  });
  const c = modQ(challenge(hashed(commitments.join(","))) - others);
  proofs[holds] = asJson(c, modQ(w - r * c));
  return proofs;
}

/** Prove that `c` encrypts `ms[i]` without revealing which. Source: section 4.12. */
export function iprove(
  s: string, r: Scalar, i: number, ms: readonly number[], c: Ciphertext, y: Point, draw: Draw,
): Proof[] {
  const branches = ms.map((shift) => ({ ...c, shift }));
  return proveOneOf(branches, i, r, y, (a) => `prove|${s}|${c.alpha},${c.beta}|${a}`, draw);
}
