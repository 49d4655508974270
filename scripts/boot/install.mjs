// Installs packages when the lock file is not the one that was installed last.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The version that wrote pnpm-lock.yaml; runs on any Node. Not in `packageManager`: that breaks --frozen-lockfile. */
const PNPM = "pnpm@12.21.0";

// Defaults wait minutes before they give up on a network that is not there. npx and pnpm each read their own.
const PATIENCE = Object.fromEntries(
  Object.entries({
    fetch_retries: "2",
    fetch_retry_mintimeout: "500",
    fetch_retry_maxtimeout: "3000",
  }).flatMap(([name, value]) => [
    [`npm_config_${name}`, value],
    [`pnpm_config_${name}`, value],
  ]),
);

// `start` leaves out compilers, test runners and browsers: a first start downloads half as much.
const START_ONLY = [
  "--prod",
  "--filter",
  "@durable/demo...",
  "--filter",
  "@durable/dashboard...",
  "--filter",
  "durable",
];

export async function installFor(root, task) {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  const stamp = readStamp(root);
  const wanted = task === "start" ? "start" : "all";
  if (stamp?.lock === lock && (stamp.profile === wanted || stamp.profile === "all")) return;

  // Never take away what is there: who ran the tests once keeps their tools when the lock file changes.
  const byHand = stamp === null && existsSync(join(root, "node_modules", ".modules.yaml"));
  const profile = wanted === "all" || stamp?.profile === "all" || byHand ? "all" : "start";
  const started = Date.now();
  note(
    `Installing ${profile === "start" ? "what the engine and the demo need" : "everything for development"} ...`,
  );
  await pnpmInstall(root, profile === "start" ? START_ONLY : []);
  if (profile === "start") linkProtocol(root);
  writeFileSync(join(root, "node_modules", ".boot-stamp"), JSON.stringify({ lock, profile }));
  note(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
}

function readStamp(root) {
  try {
    return JSON.parse(readFileSync(join(root, "node_modules", ".boot-stamp"), "utf8"));
  } catch {
    return null;
  }
}

/** The SDK bundles the protocol when it is published, so for pnpm it is a development dependency, left out here. */
function linkProtocol(root) {
  const folder = join(root, "sdk-ts", "node_modules", "@durable");
  if (existsSync(join(folder, "protocol"))) return;
  mkdirSync(folder, { recursive: true });
  symlinkSync("../../../protocol", join(folder, "protocol"), "junction");
}

function pnpmInstall(root, extra) {
  const args = ["-y", PNPM, "install", "--frozen-lockfile", "--reporter=append-only", ...extra];
  const child = spawn(process.platform === "win32" ? "npx.cmd" : "npx", args, {
    cwd: root,
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // No question whether node_modules may be rebuilt when the profile changes.
      CI: "true",
      ...PATIENCE,
      // By default some sixty connections are opened at once, which a proxy may take a minute to grant.
      pnpm_config_network_concurrency: "8",
      npm_config_update_notifier: "false",
    },
  });
  let said = "";
  const hear = (chunk) => {
    said += chunk;
    const progress = /Progress: .*/g;
    for (const line of String(chunk).match(progress) ?? []) progressLine(line);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new Error(`Cannot run npx (${error.code ?? error.message}); it comes with npm.`)),
    );
    child.once("close", (status) => (status === 0 ? resolve() : reject(new Error(explain(said, status)))));
  });
}

function explain(said, status) {
  const network =
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ERR_PNPM_META_FETCH_FAIL)\b/.exec(
      said,
    );
  if (network !== null) {
    return `Cannot reach the npm registry (${network[0]}); check the network and \`npm config get registry\`, then run it again.`;
  }
  if (/ENOSPC/.test(said))
    return "The disk is full, so the packages cannot be installed; free some space and run it again.";
  const read = /\b(EACCES|EPERM|EROFS)\b[^\n]*/.exec(said);
  if (read !== null)
    return `Cannot write the packages (${read[0].trim()}); make this folder writable for you and run it again.`;
  return `${said.trim().split("\n").slice(-25).join("\n")}\nThe installation failed (pnpm ended with status ${status}); what it said is above.`;
}

function note(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else process.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
}

function progressLine(line) {
  if (process.stderr.isTTY)
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}
