/**
 * Make tests/vectors/box/audits.json: ballots of the vectors, opened instead of cast. `node test/make_audits.mjs` after
 * `node build.mjs --test`; audit.test.mjs holds the file to what this makes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { auditFile, prepareBallot, publicCredential, readElection, ready, secretExponent, signBallot } from "../build/test/parts.mjs";
import { stream } from "./stream.mjs";

const FOLDER = new URL("../../tests/vectors/box/", import.meta.url);

export async function audits() {
  await ready();
  const made = [];
  let text, election, taken = 0;
  for (const item of JSON.parse(readFileSync(new URL("ballots.json", FOLDER), "utf8"))) {
    if (item.election !== undefined) {
      text = item.election;
      taken = 0;
      try { election = readElection(text); } catch { election = undefined; }
    } else if (election && taken < 3) {
      taken += 1;
      const draw = stream(item.randomness.label);
      const prepared = prepareBallot(election, publicCredential(election.uuid, item.credential), item.answers, draw);
      const signed = signBallot(prepared, secretExponent(election.uuid, item.credential), draw);
      if (signed !== item.ballot) throw new Error("the ballot is not that of the vector");
      made.push({ election: text, answers: item.answers, audit: auditFile(prepared) });
    }
  }
  return JSON.stringify(made, null, 1) + "\n";
}

export const file = fileURLToPath(new URL("audits.json", FOLDER));
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, await audits());
