// `node sdk-ts/scripts/pack.mjs [folder]`: builds, and writes the tarball that is published. Prints its path.
// Not `npm pack` in this folder: npm would ship `exports` that point at src, and names of tools nobody needs.
// Nothing is left behind in the repository, so that no old dist/ can be tested by mistake.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildInto } from "./build/bundle.mjs";
import { publishedManifest } from "./build/package.mjs";

const folder = fileURLToPath(new URL("..", import.meta.url));
const destination = resolve(process.argv[2] ?? folder);
const staging = mkdtempSync(join(tmpdir(), "durable-sdk-pack-"));
try {
  await buildInto(join(staging, "dist"));
  for (const file of ["README.md", "NOTICE", "../LICENSE"])
    cpSync(join(folder, file), join(staging, basename(file)));
  writeFileSync(join(staging, "package.json"), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const packed = spawnSync(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", destination], {
    cwd: staging,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (packed.status !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
  console.log(join(destination, nameOf(packed.stdout)));
} finally {
  rmSync(staging, { recursive: true, force: true });
}

/** npm 12 answers an object by package name where earlier ones answer a list. */
function nameOf(json) {
  const answer = JSON.parse(json);
  const { filename } = Array.isArray(answer) ? answer[0] : (Object.values(answer)[0] ?? answer);
  return filename.replace(/^@/, "").replaceAll("/", "-");
}
