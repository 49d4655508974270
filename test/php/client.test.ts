// The client of the PHP SDK against the real engine, whose functions are written in TypeScript.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createFunction, NonRetriableError } from "../../sdk-ts/src/index.ts";
import { openKit } from "../support/kit.ts";
import { phpVersion } from "./php.ts";

const SCRIPT = fileURLToPath(new URL("client.php", import.meta.url));

const functions = [
  createFunction({ id: "placed", trigger: { event: "order.placed" }, handler: ({ event }) => event.data }),
  createFunction({ id: "double", handler: ({ event }) => ({ n: event.data.n * 2, none: {} }) }),
  createFunction({
    id: "fails",
    handler: () => {
      throw Object.assign(new NonRetriableError("never"), { code: "odd" });
    },
  }),
  createFunction({
    id: "waits",
    handler: async ({ event, step }) => {
      step.onQuery("at", (input) => (input.unit === "word" ? "waiting" : 1));
      return step.waitForSignal("ring", { key: event.data.key });
    },
  }),
];

describe.skipIf(phpVersion === null).each(["curl", "streams"])("by %s", (transport) => {
  test("all that it can ask", async () => {
    const kit = await openKit({ app: "asked", functions });
    const asked = promisify(execFile)("php", [SCRIPT, transport], {
      env: { ...process.env, DURABLE_URL: kit.url },
    });
    const { stdout } = await asked;
    expect(JSON.parse(stdout)).toEqual({
      sent: [2, "placed"],
      again: true,
      output: { n: 42, none: {} },
      called: { n: 8, none: {} },
      failed: ["failed", "odd", "never"],
      refused: [404, "not-found"],
      same: true,
      query: "waiting",
      signalled: { tone: "ding" },
      got: "completed",
      listed: true,
      cancelled: "cancelled",
      token: "completed",
    });
  });
});
