// Random programs on the real engine, each run again from a step that chance chooses, held against the reference.

import { readToken } from "@durable/protocol";
import { openBench } from "../../engine/src/testing/index.ts";
import { serveApp } from "../../sdk-ts/src/testing/app-server.ts";
import { EngineApi } from "../../sdk-ts/src/testing/engine-api.ts";
import type { TestStep } from "../../sdk-ts/src/testing/index.ts";
import { Random } from "../chaos/random.ts";
import { differences, type RunShown } from "./compare.ts";
import { programFunctions } from "./interpret.ts";
import type { Program } from "./program.ts";
import { type Expected, expectedOf } from "./reference.ts";
import { startSilentServer } from "./silent-server.ts";
import { Teller } from "./teller.ts";

const APP = "programs";
/** A program takes seconds at most; one that takes longer never ends. */
const PATIENCE_MS = 60_000;

type Shown = Omit<RunShown, "steps"> & {
  readonly unclaimed: number | null;
  readonly steps: readonly (TestStep & { readonly seq: number | null })[];
};

export interface RerunResult {
  readonly reruns: number;
  /** Results that they began with, all together. */
  readonly kept: number;
  /** By op, the steps that they began from. */
  readonly from: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
}

interface Seen {
  readonly keys: Set<string>;
  readonly onceKeys: string[];
  readonly undone: string[];
}

export async function rerunPrograms(
  programs: readonly Program[],
  options: { readonly seed: number; readonly concurrency: number; readonly postgresUrl: string },
): Promise<RerunResult> {
  const random = new Random(`reruns ${options.seed}`);
  const bench = await openBench({ log: "silent", postgresUrl: options.postgresUrl });
  const seen = new Map<string, Seen>();
  const seenOf = (run: string) => {
    const mine = seen.get(run) ?? { keys: new Set(), onceKeys: [], undone: [] };
    seen.set(run, mine);
    return mine;
  };
  await bench.start();
  // Tokens are completed at the engine.
  const urlBefore = process.env["DURABLE_URL"];
  process.env["DURABLE_URL"] = bench.url;
  const silent = await startSilentServer();
  const api = new EngineApi(bench, () => Promise.resolve(), APP);
  // One for each run: what is told to one is not meant for its rerun.
  const tellers = new Map<string, Teller>();
  const tellerOf = (run: string) => {
    const own = tellers.get(run) ?? new Teller({ app: APP, api, random, round: ` ${run}` });
    tellers.set(run, own);
    return own;
  };
  const server = await serveApp(
    bench,
    APP,
    programFunctions(
      {
        ran: (run, key) => void seenOf(run).keys.add(key),
        ranOnce: (run, key) => void seenOf(run).onceKeys.push(key),
        undone: (run, _key, name) => void seenOf(run).undone.push(name),
        tokenMade(key, url) {
          const { key: signal } = readToken(url.slice(url.lastIndexOf("/") + 1))!;
          tellerOf(signal.split("/")[1]!).tokenMade(key, url);
        },
      },
      silent.url,
    ),
  );
  await api.post("/sync", { url: server.url });
  const found: string[] = [];
  const from: Record<string, number> = {};
  let reruns = 0;
  let kept = 0;

  async function end(run: string, expected: Expected): Promise<Shown> {
    let isOver = false;
    const telling = Promise.all(expected.told.map((told) => tellerOf(run).tell(run, told, () => isOver)));
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const state = await api.get<Shown>(`/runs/${run}?wait=1`);
      const hasEnded = ["completed", "failed", "cancelled", "paused"].includes(state.status);
      if (!hasEnded && performance.now() < untilMs) continue;
      isOver = true;
      await telling;
      return state;
    }
  }

  async function one(index: number): Promise<void> {
    const program = programs[index]!;
    const key = `p${index}`;
    const expected = expectedOf(program, key);
    const data = { program, key };
    const { run } = await api.post<{ run: string }>("/functions/program/trigger", { id: key, data });
    const origin = await end(run, expected);
    if (origin.status !== expected.status) {
      found.push(
        `program ${index} is ${origin.status}: ${JSON.stringify(origin)}\n${JSON.stringify(program)}`,
      );
      return;
    }
    const settled = origin.steps.filter(({ seq, op }) => seq !== null && op !== "compensate");
    if (settled.length === 0) return;
    const step = settled[random.int(0, settled.length - 1)]!;
    const made = await api.post<{ run: string; kept: number }>(`/runs/${run}/rerun`, {
      from_step: { step: step.id },
    });
    const after = await end(made.run, expected);
    reruns += 1;
    kept += made.kept;
    from[step.op] = (from[step.op] ?? 0) + 1;
    const sentences: string[] = [];
    const mine = seenOf(made.run);
    for (const [at, before] of settled.slice(0, made.kept).entries()) {
      const { id, op, value, failure, status, seq } = after.steps[at]!;
      const was = [before.id, before.op, before.value, before.failure, before.status, before.seq];
      if (JSON.stringify([id, op, value, failure, status, seq]) !== JSON.stringify(was))
        sentences.push(`entry ${at + 1} is ${JSON.stringify(after.steps[at])}`);
      const ownKey = `${made.run}/${id}`;
      if (mine.keys.has(ownKey) || mine.onceKeys.includes(ownKey))
        sentences.push(`step "${before.name}" was kept and ran again`);
      if (op === "run" && !expected.once.includes(id)) mine.keys.add(ownKey);
      if (expected.once.includes(id)) mine.onceKeys.push(ownKey);
    }
    sentences.push(...differences(expected, after, mine, false));
    if (after.unclaimed !== origin.unclaimed) sentences.push(`${after.unclaimed} results were unclaimed`);
    if (sentences.length > 0)
      found.push(
        `program ${index}, from "${step.name}" (${made.kept} kept): ${sentences.join("; ")}\n${JSON.stringify(program)}`,
      );
  }

  try {
    let next = 0;
    const worker = async () => {
      while (next < programs.length) {
        next += 1;
        await one(next - 1);
      }
    };
    await Promise.all(Array.from({ length: options.concurrency }, worker));
    return { reruns, kept, from, differences: found };
  } finally {
    await server.close();
    await bench.close();
    await silent.close();
    if (urlBefore === undefined) delete process.env["DURABLE_URL"];
    else process.env["DURABLE_URL"] = urlBefore;
  }
}
