import { AsyncLocalStorage } from "node:async_hooks";
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createFunction, type DurableFunction, NonRetriableError } from "../../sdk-ts/src/index.ts";
import { type AppLine, hashOf } from "../invariants/app-log.ts";
import type { Instruction } from "./programs.ts";

// Functions that do what their event tells them to, and write down everything they see.

/** In which request user code runs. */
export const currentRequest = new AsyncLocalStorage<string>();

const RETRY = { max: 5, backoff: "constant", base: 200, jitter: false } as const;

type Writer = (line: AppLine) => void;

// biome-ignore lint/suspicious/noExplicitAny: an interpreter does not know the types of what it runs
type Any = any;

export function fixtureFunctions(write: Writer): DurableFunction[] {
  const make = (id: string, events: readonly string[]) =>
    createFunction({
      id,
      triggers: events.map((event) => ({ event })),
      retry: RETRY,
      handler: ({ event, step, run }: Any) => interpret(event.data.program ?? [], step, run.id, write),
    });
  return [
    make("worker", ["chaos.work"]),
    make("chained", ["chaos.chained"]),
    // It takes short programs only: the others leave a skip.
    createFunction({
      id: "picky",
      trigger: { event: "chaos.work" },
      jsonSchema: { input: { properties: { program: { maxItems: 3 } } } },
      retry: RETRY,
      handler: ({ step }: Any) => step.setState("picked"),
    }),
    // Does two things, fails, and undoes them.
    createFunction({
      id: "saga",
      trigger: { event: "chaos.chained" },
      retry: RETRY,
      handler: async ({ step, run }: Any) => {
        for (const name of ["book", "pay"]) {
          const did = { do: "run", name, ms: 0, failures: 0, fatal: false } as const;
          await body(did, step, run.id, write, "", { compensate: { run: () => name, retry: RETRY } });
        }
        throw new NonRetriableError("as told");
      },
    }),
    // A second function on the same event: fan-out.
    createFunction({
      id: "witness",
      trigger: { event: "chaos.work" },
      retry: RETRY,
      handler: ({ step, run }: Any) =>
        interpret([{ do: "run", name: "see", ms: 0, failures: 0, fatal: false }], step, run.id, write),
    }),
  ];
}

async function interpret(
  program: readonly Instruction[],
  step: Any,
  run: string,
  write: Writer,
): Promise<unknown> {
  const results: unknown[] = [];
  for (const instruction of program) {
    if (instruction.do === "fail") throw new NonRetriableError("as told");
    results.push(await one(instruction, step, run, write));
  }
  return results.length;
}

async function one(
  instruction: Instruction,
  step: Any,
  run: string,
  write: Writer,
  scope = "",
): Promise<unknown> {
  switch (instruction.do) {
    case "run":
      return body(instruction, step, run, write, scope).catch((error: Error) => {
        if (!instruction.fatal) throw error;
        return "caught";
      });
    case "nap":
      once(`${run}/${instruction.name}/before`, () => write(nap(instruction, run, "before")));
      await step.sleep(instruction.name, instruction.ms);
      once(`${run}/${instruction.name}/after`, () => write(nap(instruction, run, "after")));
      return null;
    case "wait": {
      const { name, event, key, timeoutMs } = instruction;
      const got = await step.waitForEvent(name, { event, match: { key }, timeout: timeoutMs });
      once(`${run}/${name}`, () =>
        write({
          kind: "waited",
          t: Date.now(),
          run,
          stepId: idOf(name, scope),
          event,
          key,
          got: got === null ? null : got.data.key,
        }),
      );
      return null;
    }
    case "send":
      return step.sendEvent(instruction.name, {
        name: instruction.event,
        data: { program: instruction.program },
      });
    case "call": {
      const { name, program, spawn } = instruction;
      const options = { input: { program } };
      return spawn
        ? step.spawn(name, "chained", options)
        : step.invoke(name, "chained", options).catch(() => "caught");
    }
    case "branch": {
      const { name } = instruction;
      step.setState({ at: name });
      const way = await step.branch(name, { left: () => Math.random() < 0.5, right: true });
      const before = ways.get(`${run}/${name}`) ?? way;
      if (before !== way) throw new NonRetriableError(`the branch ${name} flipped from ${before} to ${way}`);
      ways.set(`${run}/${name}`, way);
      const then = { do: "run", name: `${name}-then`, ms: 0, failures: 0, fatal: false } as const;
      return body(then, step, run, write, scope);
    }
    case "all":
      return Promise.all(instruction.branches.map((branch) => one(branch, step, run, write)));
    case "fan":
    case "race": {
      const { name, branches } = instruction;
      const join = idOf(name, scope);
      const each = branches.map(
        (branch, index) => (inner: Any) => one(branch, inner, run, write, idOf(String(index), join)),
      );
      if (instruction.do === "fan") return step.parallel(each, { name, fanOut: true });
      return step.race([...each, (inner: Any) => inner.sleep(`${name}-patience`, "1h")], { name });
    }
    case "fail":
      throw new NonRetriableError("as told");
  }
}

function body(
  instruction: Extract<Instruction, { do: "run" }>,
  step: Any,
  run: string,
  write: Writer,
  scope: string,
  options?: object,
): Promise<unknown> {
  const { name, ms, failures, fatal } = instruction;
  const stepId = idOf(name, scope);
  return step.run(
    name,
    async ({ idempotencyKey, attempt }: { idempotencyKey: string; attempt: number }) => {
      const request = currentRequest.getStore() ?? "none";
      write({
        kind: "start",
        t: Date.now(),
        run,
        request,
        stepId,
        name,
        key: idempotencyKey,
        attempt,
        attemptsMax: RETRY.max,
        backoffMs: RETRY.base,
      });
      const end = (hash: string | null, retriable = true) =>
        write({ kind: "end", t: Date.now(), run, request, stepId, attempt, hash, retriable });
      if (ms > 0) await sleep(ms);
      if (fatal) {
        end(null, false);
        throw new NonRetriableError("fatal, as told");
      }
      if (attempt <= failures) {
        end(null);
        throw new Error("failed, as told");
      }
      // No two executions return the same, so a recorded result says which execution it is of.
      const value = { name, execution: randomUUID() };
      end(hashOf(value));
      return value;
    },
    options,
  );
}

function nap(instruction: Extract<Instruction, { do: "nap" }>, run: string, at: "before" | "after"): AppLine {
  return { kind: "nap", t: Date.now(), run, name: instruction.name, at, ms: instruction.ms };
}

/** Which way each branch went when it was first seen here. */
const ways = new Map<string, string>();

const written = new Set<string>();

/** Code between steps runs at every turn; what it saw first is what counts. */
function once(key: string, act: () => void): void {
  if (written.has(key)) return;
  written.add(key);
  act();
}

/** By our own code, not the SDK's: the idempotency key is checked against it. */
function idOf(name: string, scope = ""): string {
  return createHash("sha256").update(`${scope}\u001f${name}\u001f0`).digest("hex").slice(0, 32);
}
