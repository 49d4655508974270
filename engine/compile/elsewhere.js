// Node compiles TypeScript with a compiler that it then keeps: 15 MB of an engine that stays for weeks. So another process
// fills Node's compile cache before an engine reads its source. Only in the repository: packages hold JavaScript.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const COMPILE = fileURLToPath(new URL("all.js", import.meta.url));
const SOURCES = ["../src/", "../../protocol/src/"].map((folder) =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/** `cache` is the folder of Node's compile cache. Whatever goes wrong: the engine compiles what it does not find there. */
export function compileElsewhere(cache) {
  try {
    const stamp = join(cache, `durable-${createHash("sha256").update(COMPILE).digest("hex").slice(0, 16)}`);
    const state = stateOfSources();
    if (read(stamp) === state) return;
    const { status } = spawnSync(process.execPath, [COMPILE], { stdio: "ignore", timeout: 60_000 });
    if (status === 0) writeFileSync(stamp, state);
  } catch {
    // Another user's folder, or a full disk.
  }
}

function stateOfSources() {
  const hash = createHash("sha256");
  for (const folder of SOURCES) {
    for (const name of readdirSync(folder, { recursive: true }).sort()) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
      const { mtimeMs, size } = statSync(join(folder, name));
      hash.update(`${name} ${mtimeMs} ${size}\n`);
    }
  }
  return hash.digest("hex");
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
