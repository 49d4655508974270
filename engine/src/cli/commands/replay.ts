import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import type { AnswerOf } from "../../http/contract/table.ts";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface ReplayFlags extends TargetFlags {
  readonly module: string;
}

/** As `@durable/sdk/replay` has it: it is the project's own, in the version that its functions are written for. */
interface Replayed {
  readonly given: number;
  readonly of: number;
  readonly end: "waits" | "returned" | "threw";
  readonly divergence: { readonly message: string; readonly frame: string | null } | null;
}

interface ReplayModule {
  replayRun(functions: readonly unknown[], run: AnswerOf<"getRun">): Promise<Replayed>;
}

export function replayCommand(context: Context): Command {
  return withTarget(new Command("replay"))
    .description(
      "step local code through what is recorded of a run, without any effect; exit code 1 when they part. " +
        "With node --inspect-brk before it, breakpoints work",
    )
    .argument("<run>", "the run's id")
    .requiredOption("--module <file>", "the module that exports the function")
    .action(async (id: string, { module, json, ...target }: ReplayFlags) => {
      const file = resolve(module);
      const { replayRun } = await sdkOf(file);
      const functions = functionsOf(await import(pathToFileURL(file).href));
      const api = await apiOf(target, context.environment);
      const workspace = await workspaceOf(target, context.environment, api);
      const run = await api.getRun({ params: { ...workspace, id } });
      const replayed = await replayRun(functions, run);
      if (json) context.say(JSON.stringify({ run: id, ...replayed }));
      else for (const line of linesOf(replayed)) context.say(line);
      context.exitCode = replayed.divergence === null ? EXIT.ok : EXIT.failed;
    });
}

async function sdkOf(file: string): Promise<ReplayModule> {
  const near = createRequire(pathToFileURL(file));
  try {
    return await import(pathToFileURL(near.resolve("@durable/sdk/replay")).href);
  } catch (error) {
    // Node's message goes on for lines about what it looked through.
    const [reason] = String(error instanceof Error ? error.message : error).split("\n");
    throw usageError(
      `@durable/sdk is not to be found from ${file} (${reason}); install it in the project that the functions are of: npm install @durable/sdk.`,
    );
  }
}

/** What a module exports, and lists of it: `export const functions = [...]`. */
function functionsOf(exported: Readonly<Record<string, unknown>>): unknown[] {
  return [...new Set(Object.values(exported).flat().filter(isFunction))];
}

function isFunction(value: unknown): boolean {
  const { id, options } = (value ?? {}) as { id?: unknown; options?: { handler?: unknown } };
  return typeof id === "string" && typeof options?.handler === "function";
}

const ENDS: Record<Replayed["end"], string> = {
  waits: "then it waits for what has no result yet",
  returned: "then it returned",
  threw: "then it threw",
};

function linesOf({ given, of, end, divergence }: Replayed): string[] {
  const path = `The code was given ${given} of ${of} recorded results; ${ENDS[end]}.`;
  if (divergence === null) return [`${path} It takes the recorded path.`];
  return [path, divergence.message, ...(divergence.frame?.split("\n") ?? [])];
}
