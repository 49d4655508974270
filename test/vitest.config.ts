import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { debianBinaries } from "./support/debian-server.ts";
import { LongestFirst } from "./support/longest-first.ts";
import { PATIENCE_MS } from "./support/wait.ts";

/**
 * Three projects: units, which are pure code and what stands beside it; everything else on the embedded Postgres; and what consists
 * of statements once more on the distribution's Postgres, when it is installed. Each is found by its place.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const shared = {
  setupFiles: ["test/support/run-ends-of-file.ts"],
  exclude: [
    "**/node_modules/**",
    "**/dist/**",
    "test/load/**",
    // They hold nothing to anything: `npm run pictures` looks, `npm run bench:dashboard` measures.
    ...(process.env["DURABLE_PICTURES"] === undefined ? ["test/dashboard/pictures.test.ts"] : []),
    ...(process.env["DURABLE_SPEED"] === undefined ? ["test/dashboard/speed.test.ts"] : []),
  ],
  // Long enough for a busy machine; what waits, waits for an event and usually takes milliseconds.
  testTimeout: 2 * PATIENCE_MS,
  hookTimeout: 2 * PATIENCE_MS,
  teardownTimeout: 20_000,
  // One second, vitest's own, is less than a busy machine takes to commit.
  expect: { poll: { timeout: PATIENCE_MS, interval: 10 } },
};

const UNITS = [
  "protocol/**/*.test.ts",
  "sdk-ts/**/*.test.ts",
  "dashboard/src/**/*.test.ts",
  "engine/src/**/*.test.ts",
];
/** These speak with a database, or start processes. */
const NO_UNITS = ["store", "postgres", "cli"].map((folder) => `engine/src/${folder}/**/*.test.ts`);

const unit = {
  root,
  test: {
    ...shared,
    name: "unit",
    include: UNITS,
    exclude: [...shared.exclude, ...NO_UNITS],
    // Hundreds of small files: to load what they test once for all takes a fifth of the time of once for each.
    isolate: false,
  },
};

const embedded = {
  root,
  test: {
    ...shared,
    globalSetup: ["test/support/global-setup.ts"],
    name: "embedded",
    env: { DURABLE_TEST_DATABASE: process.env["DURABLE_TEST_DATABASE"] ?? "embedded" },
    include: [...NO_UNITS, "test/**/*.test.ts"],
  },
};

const debian = {
  root,
  test: {
    ...shared,
    globalSetup: ["test/support/global-setup.ts"],
    name: "debian",
    env: { DURABLE_TEST_DATABASE: "debian" },
    include: [
      "engine/src/store/**/*.test.ts",
      "test/statements/**/*.test.ts",
      "test/contract/schema-sql.test.ts",
    ],
  },
};

export default defineConfig({
  root,
  test: {
    pool: "forks",
    // Of three files one or two wait, for a lease to end or for a second of the clock: two workers leave a quarter of two
    // processors unused.
    maxWorkers: 3,
    // A process per file that starts anything: what one leaves behind late (an environment, a line that is left alone for a while) is
    // no other's.
    isolate: true,
    disableConsoleIntercept: true,
    sequence: { sequencer: LongestFirst },
    projects: debianBinaries() === null ? [unit, embedded] : [unit, embedded, debian],
  },
});
