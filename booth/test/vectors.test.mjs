/** The booth held to the vectors that the box's own tests are held to. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as booth from "../build/test/index.mjs";
import { stream } from "./stream.mjs";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../../tests/vectors/box/${name}.json`, import.meta.url)));
await booth.ready();

test("ballots are made byte for byte", () => {
  let election, made = 0;
  for (const item of vectors("ballots")) {
    if (item.election !== undefined) {
      try { election = booth.readElection(item.election); } catch { election = undefined; }
      if (election) assert.equal(election.phi, item.phi);
    } else if (election) {
      const ballot = booth.makeBallot(election, item.credential, item.answers, stream(item.randomness.label));
      assert.equal(ballot, item.ballot);
      assert.equal(booth.tracker(ballot), item.tracker);
      made += 1;
    }
  }
  assert.ok(made > 20, `${made} ballots were made`);
});

test("numbers become the elements that the vectors say", () => {
  const given = vectors("embeddings").find((item) => item.group === "Ed25519" && item.encoded);
  assert.ok(given.encoded.length > 100);
  for (const [hex, epsilon] of given.encoded) {
    const number = (BigInt("0x" + hex) << BigInt(given.padding)) + BigInt(epsilon);
    const values = [...Buffer.from(hex, "hex")];
    assert.equal(booth.encode(values), number.toString(16).padStart(64, "0"));
  }
});

test("only elements are taken for elements", () => {
  for (const { group, text, element, why } of vectors("points")) {
    if (group === "Ed25519") assert.equal(booth.isElement(text), element, why);
  }
});

test("credentials have the keys that the vectors say", () => {
  let seen = 0;
  for (const item of vectors("credentials")) {
    if (item.group !== "Ed25519" || !item.credential) continue;
    assert.equal(booth.secretExponent(item.uuid, item.credential).toString(), item.exponent);
    assert.equal(booth.publicCredential(item.uuid, item.credential), item.public);
    seen += 1;
  }
  assert.ok(seen >= 50);
});
