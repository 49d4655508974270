import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The systems we compare with have a lock file of their own and are installed when the benchmark first wants them. */
const FOLDER = fileURLToPath(new URL("peers/", import.meta.url));
const STAMP = `${FOLDER}node_modules/.installed`;

/** Null when they are there; else why not. */
export async function installPeers(note: (line: string) => void): Promise<string | null> {
  const lock = createHash("sha256")
    .update(readFileSync(`${FOLDER}package-lock.json`))
    .digest("hex");
  if (read(STAMP) === lock) return null;
  note("Installing the peers (about 240 MB) ...");
  // Without install scripts: the only one among them reports to a tracking service.
  const failure = await npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  if (failure === null) writeFileSync(STAMP, lock);
  return failure;
}

export function peerVersion(name: string): string {
  const text = read(`${FOLDER}node_modules/${name}/package.json`) ?? "{}";
  return (JSON.parse(text) as { version?: string }).version ?? "(not installed)";
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function npm(args: readonly string[]): Promise<string | null> {
  const child = spawn("npm", args, { cwd: FOLDER, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? null : said.trim().split("\n").slice(-5).join("\n")));
  });
}
