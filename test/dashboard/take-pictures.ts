// `npm run pictures [-- runs run]`: into dashboard/pictures, which git does not keep.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const args = ["run", "--config", "test/vitest.config.ts", "test/dashboard/pictures"];
const { status } = spawnSync(process.execPath, ["test/node_modules/vitest/vitest.mjs", ...args], {
  cwd: ROOT,
  stdio: "inherit",
  env: {
    ...process.env,
    DURABLE_PICTURES: `${ROOT}dashboard/pictures`,
    DURABLE_SCREENS: process.argv.slice(2).join(),
  },
});
process.exitCode = status ?? 1;
