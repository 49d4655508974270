// What every host serves, as one file without imports but the SDK, so that it may stand wherever a framework wants it.

import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const APP = fileURLToPath(new URL("app/", import.meta.url));
/** The interpreter of the conformance kit for this SDK; the kit's own. */
const PROGRAM = fileURLToPath(new URL("../conformance/apps/typescript-program.ts", import.meta.url));

const entry = `
import { createFunction } from "@durable/sdk";
import { runProgram } from ${JSON.stringify(PROGRAM)};
import { echo } from "./echo.ts";
import { move } from "./move.ts";
import { child, people, tour, undone } from "./tour.ts";
const conformance = createFunction({
  id: "conformance",
  trigger: { event: "conformance.run" },
  handler: ({ event, step }) => runProgram(step, event.data),
});
export const functions = [echo, move, child, people, tour, undone, conformance];`;

/** The kit's program runs on Node; a runtime without Node's modules has a clock all the same. */
const webTimers: Plugin = {
  name: "web timers",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:timers\/promises$/ }, ({ path }) => ({ path, namespace: "web-timers" }));
    onLoad({ filter: /.*/, namespace: "web-timers" }, () => ({
      contents: "export const setTimeout = (ms) => new Promise((end) => globalThis.setTimeout(end, ms));",
    }));
  },
};

/** Good for JavaScript and for TypeScript. */
export async function functionsFile(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: APP, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["@durable/sdk"],
    plugins: [webTimers],
    banner: { js: "// @ts-nocheck" },
  });
  return outputFiles[0]!.text;
}
