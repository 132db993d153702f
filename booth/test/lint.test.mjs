/** What must not stand in the booth's sources. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../src/", import.meta.url);
const sources = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const code = (name) => readFileSync(new URL(name, folder), "utf8").replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
/** The modules that run in the page, beside whatever else runs there. */
const PAGE = ["app.ts", "asking.ts", "carry.ts", "choosing.ts", "credential.ts", "dom.ts", "filling.ts", "plain.ts", "ranking.ts"];

test("no randomness but the browser's, nothing stored, nothing run from text, no HTML from text", () => {
  const never = /Math\.random|localStorage|sessionStorage|indexedDB|document\.cookie|\beval\b|new Function|innerHTML|outerHTML|insertAdjacent|document\.write|console\./;
  for (const name of sources) assert.doesNotMatch(code(name), never, name);
});

test("libsodium is used without clamping", () => {
  for (const name of sources) assert.doesNotMatch(code(name), /crypto_scalarmult(_ed25519)?(_base)?\(/, name);
});

test("the page uses nothing that other scripts may have redefined", () => {
  const methods = /\.(map|filter|forEach|reduce|some|every|find|findIndex|indexOf|includes|push|pop|shift|unshift|splice|concat|join|sort|flat|flatMap|entries|values)\(/;
  const other = /JSON\.|BigInt|for \((const|let) [^;]* of |\[\.\.\.|\(\.\.\.(?!inside)|const \[/;
  for (const name of PAGE) {
    assert.doesNotMatch(code(name), methods, name);
    assert.doesNotMatch(code(name), other, name);
  }
});

test("the page does not import what belongs to the worker", () => {
  for (const name of PAGE) {
    for (const [line] of code(name).matchAll(/^import .*$/gm)) {
      if (/^import type/.test(line)) continue;
      const imported = /"\.\/(.*)\.js"/.exec(line);
      assert.ok(imported && PAGE.includes(`${imported[1]}.ts`), `${name}: ${line}`);
    }
  }
});
