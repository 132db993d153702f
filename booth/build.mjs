/** Build the booth. `--test`: what the tests import, for node. The same sources give the same bytes in any folder. */
import { build } from "esbuild";

const test = process.argv.includes("--test");
await build({
  entryPoints: ["src/index.ts"],
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  minify: !test,
  legalComments: "none",
  outfile: test ? "build/test/booth.mjs" : "build/booth.mjs",
  logLevel: "warning",
  external: ["fs", "path", "crypto", "url", "node:fs", "node:crypto", "node:path", "node:url", "module"],
});
