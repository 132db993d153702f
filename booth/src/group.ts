/**
 * The group Ed25519 by libsodium: for secrets, one element at a time, in constant time.
 *
 * An element is the hexadecimal of a 256-bit number, as the protocol writes it; libsodium's bytes are the same number
 * with the least significant byte first. Only functions without clamping are used: clamping would change exponents
 * silently. libsodium refuses the exponent 0 and the identity; both are handled here.
 *
 * Source: Belenios specification 3.1, section 5.2.1.
 */
import sodium from "libsodium-wrappers-sumo";

export type Point = string;
export type Scalar = bigint;

export const Q: bigint = 2n ** 252n + 27742317777372353535851937790883648493n;
const P: bigint = 2n ** 255n - 19n;
export const GENERATOR: Point = "6666666666666666666666666666666666666666666666666666666666666658";
export const IDENTITY: Point = "1".padStart(64, "0");
/** How many numbers from 0 to 255 an element holds. */
export const MOST_VALUES = 30;
const PADDING = 14n;
const POINT = /^[0-9a-f]{64}$/;

/** Wait for libsodium, and refuse one that accepts points outside the subgroup of prime order. */
export async function ready(): Promise<void> {
  // Without the browser's own generator nothing is made: there is no second best.
  if (typeof globalThis.crypto?.getRandomValues !== "function") {
    throw new Error("this browser has no source of randomness that ballots may be made with");
  }
  await sodium.ready;
  const tainted = bytesOf("9".repeat(63) + "5");
  const generator = bytesOf(GENERATOR);
  const sound =
    !sodium.crypto_core_ed25519_is_valid_point(tainted) &&
    sodium.crypto_core_ed25519_is_valid_point(generator) &&
    textOf(sodium.crypto_scalarmult_ed25519_base_noclamp(scalarBytes(1n))) === GENERATOR;
  if (!sound) throw new Error("the libsodium of this page is not one that ballots may be made with");
}

function bytesOf(point: Point): Uint8Array {
  return sodium.from_hex(point).reverse();
}

function textOf(bytes: Uint8Array): Point {
  return sodium.to_hex(Uint8Array.from(bytes).reverse());
}

/** 32 bytes of a number below 2^256, the least significant first. */
export function scalarBytes(number: bigint): Uint8Array {
  return sodium.from_hex(number.toString(16).padStart(64, "0")).reverse();
}

/** The number modulo q, never negative. */
export function modQ(number: bigint): Scalar {
  const rest = number % Q;
  return rest < 0n ? rest + Q : rest;
}

/** Whether a text is an element: canonical, on the curve, in the subgroup of prime order. */
export function isElement(text: string): boolean {
  if (!POINT.test(text)) return false;
  if (text === IDENTITY) return true;
  const y = BigInt("0x" + text) & (2n ** 255n - 1n);
  return y < P && sodium.crypto_core_ed25519_is_valid_point(bytesOf(text));
}

/** `base` to the power of `exponent`. */
export function power(base: Point, exponent: Scalar): Point {
  const number = modQ(exponent);
  if (number === 0n || base === IDENTITY) return IDENTITY;
  return textOf(sodium.crypto_scalarmult_ed25519_noclamp(scalarBytes(number), bytesOf(base)));
}

/** The generator to the power of `exponent`. */
export function powerG(exponent: Scalar): Point {
  const number = modQ(exponent);
  return number === 0n ? IDENTITY : textOf(sodium.crypto_scalarmult_ed25519_base_noclamp(scalarBytes(number)));
}

/** The product of two elements (the group is written multiplicatively). */
export function multiply(first: Point, second: Point): Point {
  return textOf(sodium.crypto_core_ed25519_add(bytesOf(first), bytesOf(second)));
}

/** The element that holds `values`: the first point from the number that they make on. */
export function encode(values: readonly number[]): Point {
  if (values.length > MOST_VALUES) throw new Error(`an answer has at most ${MOST_VALUES} numbers`);
  let number = 0n;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value > 255) throw new Error("a number of an answer is from 0 to 255");
    number = (number << 8n) | BigInt(value);
  }
  number <<= PADDING;
  for (const end = number + (1n << PADDING); number < end; number += 1n) {
    const bytes = scalarBytes(number);
    const text = textOf(bytes);
    if (text === IDENTITY || sodium.crypto_core_ed25519_is_valid_point(bytes)) return text;
  }
  throw new Error("these numbers have no element");
}

/** SHA-256 of a text (UTF-8) or of bytes. */
export function sha256(data: string | Uint8Array): Uint8Array {
  return sodium.crypto_hash_sha256(data);
}

/** SHA-256 as a big-endian number modulo q: the challenge of a proof. */
export function challenge(text: string): Scalar {
  return BigInt("0x" + sodium.to_hex(sha256(text))) % Q;
}

/** SHA-256 in Base64 without padding: fingerprints and trackers. */
export function base64Hash(data: string | Uint8Array): string {
  return sodium.to_base64(sha256(data), sodium.base64_variants.ORIGINAL_NO_PADDING);
}

/** The bytes that a Base64 text stands for. Throws an Error for one that is none. */
export function fromBase64(text: string): Uint8Array {
  return sodium.from_base64(text, sodium.base64_variants.ORIGINAL);
}

/** Whether `signature` (64 bytes) is an Ed25519 signature of a text under a key in hexadecimal. */
export function isSigned(signature: Uint8Array, text: string, key: string): boolean {
  return sodium.crypto_sign_verify_detached(signature, text, sodium.from_hex(key));
}

/** Where secret numbers come from: each from 1 to q - 1. */
export type Draw = () => Scalar;

/** The browser's generator, by libsodium: numbers of 253 bits until one is in range, so that all are alike likely. */
export const draw: Draw = () => {
  for (;;) {
    const bytes = sodium.randombytes_buf(32);
    bytes[31] = (bytes[31] ?? 0) & 0x1f;
    const number = BigInt("0x" + sodium.to_hex(bytes.reverse()));
    if (number > 0n && number < Q) return number;
  }
};
