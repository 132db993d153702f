/**
 * A ballot that is opened instead of cast: everything by which anybody can see what it holds.
 *
 * It has no signature, so nobody who has the file can cast it; and whoever's device made it has shown its commitment
 * before it knew that it would be opened. `selectorate ballot audit` checks such a file.
 */
import type { Prepared } from "./ballot.js";

export const AUDIT_FORMAT = "selectorate-audit-1";

/** The audit file of a ballot, as text. */
export function auditFile(prepared: Prepared): string {
  const { content, commitment, answers } = prepared;
  const randomness = prepared.randomness.map((row) => row.map((r) => r.toString()));
  return JSON.stringify({ format: AUDIT_FORMAT, commitment, answers, randomness, content }, null, 1) + "\n";
}
