/** The randomness of the vectors: numbers that SHA-512 makes of a label, as tests/vectors/box/fixed.py makes them. */
import { createHash } from "node:crypto";
import { Q } from "../build/test/parts.mjs";

export function stream(label) {
  let place = 0;
  return () => {
    const digest = createHash("sha512").update(`${label}|${place++}`).digest("hex");
    return 1n + (BigInt("0x" + digest) % (Q - 1n));
  };
}
