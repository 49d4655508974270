// A night, with the command line alone: a function is in trouble for three reasons, and a person puts it right.
import { createFunction, type DurableFunction } from "@durable/sdk";
import { expect, test } from "vitest";
import { saidBy } from "../support/command-line.ts";
import { atEndOfFile } from "../support/end-of-file.ts";
import { waitFor } from "../support/wait.ts";
import { engineWithApp } from "./engine-with-app.ts";
import { startSdkApp } from "./sdk-app.ts";

/** 500 takes half a minute alone. */
const RUNS = Number(process.env["DURABLE_NIGHT_RUNS"] ?? 60);
const KINDS = ["card", "rates", "paper"];
const [CARD, RATES, PAPER] = KINDS.map((_, at) => Math.ceil((RUNS - at) / KINDS.length)) as [
  number,
  number,
  number,
];
const APP = "night";

const loads = new Map<string, number>();

/** What the app serves: before the night, and after somebody has mended it. */
function settle(isMended: boolean): DurableFunction {
  return createFunction({
    id: "settle",
    trigger: { event: "order" },
    ...(isMended && { timeouts: { finish: "1d" } }),
    handler: async ({ event, step, run }) => {
      const { kind, no } = event.data as { kind: string; no: number };
      await step.run("load", () => {
        loads.set(`${no}`, (loads.get(`${no}`) ?? 0) + 1);
        return run.id;
      });
      await step.run(
        "charge",
        () => {
          if (kind === "card" && !isMended)
            throw Object.assign(new Error("the bank says no"), { name: "CardError" });
        },
        { retry: { max: 1 } },
      );
      await step.run(
        "convert",
        () => {
          if (kind === "rates") throw Object.assign(new Error("no rates"), { name: "RatesError" });
        },
        { retry: { max: 1 }, onExhausted: "pause" },
      );
      await step.run(
        "print",
        () => {
          if (kind === "paper") throw Object.assign(new Error("no paper"), { name: "PaperError" });
        },
        { retry: { max: 1 }, onExhausted: "pause" },
      );
      return no;
    },
  });
}

const { engine } = engineWithApp(APP, [settle(false)]);

/** What a command line says, as JSON. */
async function durable(...args: string[]) {
  return JSON.parse(await saidBy([...args, "--json"], { DURABLE_URL: engine.url, DURABLE_APP: APP }));
}

test(`${RUNS} runs in trouble for three reasons are put right`, { timeout: 300_000 }, async () => {
  for (let from = 0; from < RUNS; from += 100) {
    const events = Array.from({ length: Math.min(100, RUNS - from) }, (_, at) => ({
      name: "order",
      data: { kind: KINDS[(from + at) % KINDS.length], no: from + at },
    }));
    await engine.call("POST", `/v1/events?app=${APP}`, events);
  }

  const groups = () =>
    durable("errors", "ls").then(({ errors }) =>
      errors.filter((group: { runs_in_trouble: number }) => group.runs_in_trouble > 0),
    );
  await waitFor(
    "all of them to be in trouble",
    async () =>
      (await groups()).reduce(
        (sum: number, group: { runs_in_trouble: number }) => sum + group.runs_in_trouble,
        0,
      ) === RUNS,
    { timeoutMs: 120_000 },
  );
  const byError = (await groups()).sort((a: { name: string }, b: { name: string }) =>
    a.name < b.name ? -1 : 1,
  );
  expect(byError).toMatchObject([
    { name: "CardError", step: "charge", runs_in_trouble: CARD, functions: ["settle"] },
    { name: "PaperError", step: "print", runs_in_trouble: PAPER },
    { name: "RatesError", step: "convert", runs_in_trouble: RATES },
  ]);

  // The app is mended.
  const mended = await startSdkApp(engine, APP, [settle(true)]);
  atEndOfFile(async () => void (await mended.stop()));

  // One group goes on from the failed step: ten first, then all.
  const group = ["--status", "failed", "--error", "CardError", "--step", "charge"];
  expect(await durable("bulk", "run", "retry", ...group, "--preview")).toMatchObject({
    id: null,
    count: CARD,
  });
  const made = await durable(
    "bulk",
    "run",
    "retry",
    ...group,
    "--canary",
    "10",
    "--reason",
    "the bank is back",
    "--wait",
  );
  expect(made).toMatchObject({ status: "held", done: 10, refused: 0, items: CARD });
  const canary = () =>
    durable("bulk", "show", made.id, "--only", "done").then(({ results }) =>
      results.map(({ new_status }: { new_status: string }) => new_status),
    );
  await waitFor("the canary to complete", async () =>
    (await canary()).every((status: string) => status === "completed"),
  );
  expect(await canary()).toHaveLength(10);
  expect(await durable("bulk", "continue", made.id, "--reason", "they are well", "--wait")).toMatchObject({
    status: "completed",
    done: CARD,
    refused: 0,
  });
  await waitFor("the others to complete", async () => (await groups()).length === 2, { timeoutMs: 120_000 });
  // What was recorded was not done again.
  expect([...loads.values()].every((times) => times === 1)).toBe(true);
  expect(loads.size).toBe(RUNS);

  // In one run a step is skipped.
  const paused = await durable("runs", "ls", "--status", "paused", "--step", "print", "--limit", "1");
  const [one] = paused.runs;
  expect(await durable("runs", "repair", one.id, "skip", "print", "--preview")).toMatchObject({
    preview: true,
  });
  await durable("runs", "repair", one.id, "skip", "print", "--reason", "it was sent by mail");
  await waitFor("it to complete", async () => (await durable("runs", "show", one.id)).status === "completed");

  // The rest is cancelled.
  const rest = await durable(
    "bulk",
    "run",
    "cancel",
    "--status",
    "paused",
    "--canary",
    "0",
    "--reason",
    "tomorrow",
    "--wait",
  );
  expect(rest).toMatchObject({ status: "completed", done: RATES + PAPER - 1, refused: 0 });
  expect(await groups()).toEqual([]);

  // Who did what, and why.
  const audited = async (action: string) => {
    const deeds: { detail: string }[] = [];
    for (let cursor: string[] = []; ; ) {
      const page = await durable("audit", "ls", "--action", action, "--limit", "200", ...cursor);
      deeds.push(...page.audit);
      if (page.next === null) return deeds;
      cursor = ["--cursor", page.next];
    }
  };
  const retried = await audited("run.retry");
  const skipped = await audited("step.skip");
  const cancelled = await audited("run.cancel");
  expect([retried.length, skipped.length, cancelled.length]).toEqual([CARD, 1, RATES + PAPER - 1]);
  expect(JSON.parse(retried[0]!.detail).reason).toBe("the bank is back");
  expect(JSON.parse(skipped[0]!.detail).reason).toBe("it was sent by mail");
  expect(cancelled[0]!.detail).toBe("tomorrow");
  expect(await audited("bulk.retry")).toHaveLength(1);
  expect(await audited("bulk.continue")).toMatchObject([{ detail: "they are well" }]);
  expect(await audited("bulk.cancel")).toHaveLength(1);
});

test("a bulk that is paused does nothing, and an aborted one never again", async () => {
  const { json } = await engine.call("POST", `/v1/apps/${APP}/dev/bulks`, {
    action: "rerun",
    filter: { status: "completed" },
    canary: 3,
  });
  const shown = () => durable("bulk", "show", json.id);
  await waitFor("its canary to be over", async () => (await shown()).status === "held");
  expect((await shown()).done).toBe(3);
  expect((await durable("bulk", "abort", json.id)).status).toBe("aborted");
  const again = await engine.call("POST", `/v1/apps/${APP}/dev/bulks/${json.id}/steer`, { act: "continue" });
  expect(again.json.code).toBe("bulk-over");
  expect((await engine.call("GET", `/v1/apps/other/dev/bulks/${json.id}`)).status).toBe(404);
  const { bulks } = await durable("bulk", "ls");
  expect(bulks[0]).toMatchObject({ id: json.id, status: "aborted", done: 3 });
  await waitFor("its runs to end", async () =>
    (await shown()).results
      .slice(0, 3)
      .every(({ new_status }: { new_status: string }) => new_status === "completed"),
  );
});
