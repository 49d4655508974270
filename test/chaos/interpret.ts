import { NonRetriableError } from "../../sdk-ts/src/index.ts";
import type { AppLine } from "../invariants/app-log.ts";
import { body, idOf, type Told } from "./fixture-body.ts";
import { type Instruction, SIGNAL } from "./programs.ts";

/** Items of one group: part of the ids of what is recorded. */
const GROUP_ITEMS = 100;
/** An app that is being killed comes back within seconds; a call that found nobody is repeated until then. */
const PATIENT = { max: 40, backoff: "constant", base: 250, jitter: false } as const;
const OTHER_APP = process.env["CHAOS_APP"] === "alpha" ? "beta" : "alpha";
const STEP = { do: "run", ms: 0, failures: 0, fatal: false } as const;

type Waiting = Extract<Instruction, { do: "any" | "several" }>;

export async function interpret(program: readonly Instruction[], told: Told): Promise<unknown> {
  const results: unknown[] = [];
  for (const instruction of program) {
    if (instruction.do === "fail") throw new NonRetriableError("as told");
    results.push(await one(instruction, told));
  }
  return results.length;
}

async function one(instruction: Instruction, told: Told, scope = ""): Promise<unknown> {
  const { step, run, write, url } = told;
  switch (instruction.do) {
    case "run":
      return body(instruction, told, scope).catch((error: Error) => {
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
      return waited(told, idOf(name, scope), event, key, got === null ? null : got.data.key);
    }
    case "any":
    case "several":
      return many(instruction, told, idOf(instruction.name, scope));
    case "signal": {
      const { name, key, timeoutMs } = instruction;
      const got = await step.waitForSignal(name, { key, timeout: timeoutMs });
      return waited(told, idOf(name, scope), SIGNAL, key, got === null ? null : got.key);
    }
    case "token": {
      const { name, timeoutMs } = instruction;
      const token = step.createToken(name);
      const body = { key: `${run}/${name}` };
      const [, got] = await Promise.all([
        step.fetch(`${name}-complete`, { url: token.url, body, timeout: "3s", retry: PATIENT }),
        step.waitForSignal(name, { token, timeout: timeoutMs }),
      ]);
      return waited(told, idOf(name, scope), SIGNAL, body.key, got === null ? null : got.key);
    }
    case "fetch": {
      const { name } = instruction;
      const stepId = idOf(name, scope);
      const ask = `${run}/${stepId}`;
      const { body } = await step.fetch(name, { url: `${url}/echo/${ask}`, timeout: "3s", retry: PATIENT });
      once(ask, () => write({ kind: "fetched", t: Date.now(), run, stepId, got: body }));
      return null;
    }
    case "each": {
      const { name, items, concurrency } = instruction;
      const join = idOf(name, scope);
      const list = Array.from({ length: items }, (_, index) => index);
      const item = (index: number, _: number, inner: unknown) => {
        const first = index - (index % GROUP_ITEMS);
        const group = idOf(`${first}-${Math.min(first + GROUP_ITEMS, items) - 1}`, join);
        return body({ ...STEP, name: "item" }, { ...told, step: inner }, idOf(String(index), group));
      };
      return step.forEach(name, list, item, { concurrency });
    }
    case "long":
      for (let at = 0; at < instruction.steps; at += 1)
        await body({ ...STEP, name: `${instruction.name}-${at}` }, told, scope);
      return null;
    case "send":
      return step.sendEvent(instruction.name, {
        name: instruction.event,
        data: { program: instruction.program },
      });
    case "call": {
      const { name, program, spawn, away } = instruction;
      const options = { input: { program }, ...(away && { app: OTHER_APP }) };
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
      return body({ ...STEP, name: `${name}-then` }, told, scope);
    }
    case "all":
      return Promise.all(instruction.branches.map((branch) => one(branch, told)));
    case "fan":
    case "race": {
      const { name, branches } = instruction;
      const join = idOf(name, scope);
      const each = branches.map(
        (branch, index) => (inner: unknown) =>
          one(branch, { ...told, step: inner }, idOf(String(index), join)),
      );
      if (instruction.do === "fan") return step.parallel(each, { name, fanOut: true });
      const patience = (inner: Told["step"]) => inner.sleep(`${name}-patience`, "1h");
      return step.race([...each, patience], { name });
    }
    case "fail":
      throw new NonRetriableError("as told");
  }
}

async function many({ do: kind, name, events, timeoutMs }: Waiting, told: Told, stepId: string) {
  const { step } = told;
  const asked = events.map(({ event, key }) => ({ event, match: { key } }));
  if (kind === "any") {
    const first = await step.waitForAny(name, asked, { timeout: timeoutMs });
    const { event, key } = events[first?.key ?? 0]!;
    return waited(told, stepId, event, key, first === null ? null : first.event.data.key);
  }
  const all = await step.waitForAll(name, asked, { timeout: timeoutMs });
  // Which one was missing cannot be told, so nothing is said of a timeout.
  for (const [at, got] of (all ?? []).entries())
    waited(told, stepId, events[at]!.event, events[at]!.key, got.data.key);
  return null;
}

function waited({ run, write }: Told, stepId: string, event: string, key: string, got: string | null): null {
  once(`${run}/${stepId}/${key}`, () =>
    write({ kind: "waited", t: Date.now(), run, stepId, event, key, got }),
  );
  return null;
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
