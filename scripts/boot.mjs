// The door of the repository: `npm start`, `npm test`, `pnpm check` and so on come here first. Runs on any Node >= 18
// with nothing installed: installs what the task needs when the lock file changed, then runs the task itself under
// the pinned Node 24. Plain JavaScript on purpose: old versions of Node cannot read the rest of this repository.

import { fileURLToPath } from "node:url";
import { installFor } from "./boot/install.mjs";
import { runTask, taskNames } from "./boot/run.mjs";

/** Tasks whose engine people, or tests in a browser, look at. */
const SHOW_THE_DASHBOARD = ["start", "test", "pictures", "bench:dashboard"];

const root = fileURLToPath(new URL("..", import.meta.url));
const [task, ...rest] = process.argv.slice(2);
// `pnpm start -- --port 1` hands the dashes on, `npm start -- --port 1` does not.
const args = rest[0] === "--" ? rest.slice(1) : rest;

if (task === undefined || !taskNames(root).includes(task)) {
  fail(`Say what to run: node scripts/boot.mjs ${taskNames(root).join("|")}`);
}
try {
  await installFor(root, task);
  // An engine without its dashboard works, and says how to build it.
  if (SHOW_THE_DASHBOARD.includes(task)) await runTask(root, "dashboard", ["--if-stale"]);
  process.exitCode = await runTask(root, task, args);
} catch (error) {
  fail(error.message);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
