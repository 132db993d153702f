/**
 * Build the booth: `node build.mjs [FOLDER]` (default build/booth); `--test`: what the tests import, for node.
 *
 * The same sources give the same bytes in any folder. Every file has the beginning of its own SHA-256 in its name, and
 * the page's script names the worker: whoever has the hash of the script has fixed the whole booth.
 */
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const common = {
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  legalComments: "none",
  logLevel: "warning",
};

/** Bundle one file; its bytes. */
async function bundled(entry, more = {}) {
  const { outputFiles } = await build({ ...common, entryPoints: [entry], minify: true, write: false, ...more });
  return outputFiles[0].contents;
}

if (process.argv.includes("--test")) {
  for (const name of ["index", "parts"]) {
    await build({ ...common, entryPoints: [`src/${name}.ts`], outfile: `build/test/${name}.mjs` });
  }
} else {
  const out = resolve(process.argv[2] ?? join(here, "build/booth"));
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const files = {};
  const put = async (name, ending, bytes) => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const full = `${name}-${sha256.slice(0, 16)}.${ending}`;
    files[full] = sha256;
    await writeFile(join(out, full), bytes);
    return full;
  };
  const worker = await put("worker", "mjs", await bundled("src/worker.ts"));
  const define = { WORKER: JSON.stringify(`./${worker}`) };
  const script = await put("booth", "mjs", await bundled("src/app.ts", { define }));
  const carry = await put("carry", "mjs", await bundled("src/carry.ts"));
  const style = await put("booth", "css", await bundled("src/booth.css"));
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  const manifest = { format: "selectorate-booth-1", entry: { script, style, worker, carry }, files: sorted };
  await writeFile(join(out, "booth.json"), JSON.stringify(manifest, null, 1) + "\n");
}
