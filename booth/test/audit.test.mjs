/** Opened ballots: the vectors that `selectorate ballot audit` is held to are what the booth makes. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { audits, file } from "./make_audits.mjs";

test("ballots are opened byte for byte", async () => {
  assert.equal(await audits(), readFileSync(file, "utf8"));
});

test("an opened ballot has no signature, and shows nothing of the credential's secret", () => {
  for (const { audit } of JSON.parse(readFileSync(file, "utf8"))) {
    const value = JSON.parse(audit);
    assert.deepEqual(Object.keys(value), ["format", "commitment", "answers", "randomness", "content"]);
    assert.deepEqual(Object.keys(value.content), ["election_uuid", "election_hash", "credential", "answers"]);
    assert.ok(!audit.includes("signature"));
  }
});
