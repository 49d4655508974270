// The door for pages of a memo, as any SDK finds it: how they are cut, whom they are shown, and what is refused.
import { createHash } from "node:crypto";
import {
  DEV_SECRET,
  MEMO_PAGE_BYTES_MAX,
  parseSecret,
  REF_BYTES_MIN,
  stepId,
  verify,
} from "@durable/protocol/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { APP_KEY } from "../support/signed-headers.ts";
import type { Invoke } from "./api-app.ts";
import type { ApiAnswer } from "./api-engine.ts";
import { codes, openDoors } from "./app-doors.ts";

let doors: Awaited<ReturnType<typeof openDoors>>;

beforeAll(async () => {
  doors = await openDoors();
});

afterAll(() => doors.stop());

const done = (n: number, v: unknown) => ({ op: "run", id: stepId("", "a", n), name: "a", n, st: "ok", v });

function ask(invoke: Invoke, more: object, run = invoke.run.id, key = APP_KEY): Promise<ApiAnswer> {
  const message = { run: invoke.run.id, fence: invoke.task.fence, next: "0.1", ...more };
  return doors.knock("memo", message, run, key);
}

/** A run that answers these ops, and in its next dispatch does this. */
async function runWith(ops: readonly object[], then: (invoke: Invoke) => Promise<void>): Promise<Invoke> {
  let calls = 0;
  let last: Invoke | undefined;
  doors.does(async (invoke) => {
    calls += 1;
    if (calls === 1) return { status: "continue", ops };
    last = invoke;
    await then(invoke);
    return { status: "done" };
  });
  const sent = await doors.begin({ isWaitedFor: true });
  expect(sent.json.runs[0].status, sent.text).toBe("completed");
  return last!;
}

test("pages joined are the memo, byte for byte and in order; each is below its limit; each is signed", async () => {
  // None of the results compresses to nothing, and none is alone in its page but the largest.
  const sizes = [10, 1_300_000, 0, 1_300_000, 20, 1_300_000, 30];
  const ops = sizes.map((size, n) => done(n, { text: "é".repeat(size / 2), number: 1.5 }));
  await runWith(ops, async (invoke) => {
    const pages: ApiAnswer[] = [];
    for (let next: string | null = `0.${ops.length}`; next !== null; next = pages.at(-1)!.json.memo_next) {
      pages.push(await ask(invoke, { next }));
      expect(pages.at(-1)!.status, pages.at(-1)!.text).toBe(200);
      expect(Buffer.byteLength(pages.at(-1)!.text)).toBeLessThanOrEqual(MEMO_PAGE_BYTES_MAX);
    }
    expect(pages.flatMap(({ json }) => json.memo)).toEqual(invoke.memo);
    const [{ text, headers }] = pages as [ApiAnswer];
    const signed = [
      Number(headers.get("webhook-timestamp")),
      text,
      headers.get("webhook-signature")!,
    ] as const;
    expect(verify([parseSecret(DEV_SECRET)], "app_1", ...signed)).toBe(true);
    // Any part of it, again and again, and nothing beyond the head that the cursor names.
    const part = await ask(invoke, { next: "1.3" });
    expect(part.json).toEqual({ memo: invoke.memo.slice(1, 3), memo_next: null });
    expect((await ask(invoke, { next: "7.900" })).json).toEqual({ memo: [], memo_next: null });
  });
});

test("a page of a dispatch that shows large values by their ref shows them so", async () => {
  const texts = ["a", "é".repeat(REF_BYTES_MIN / 2), "b", "x".repeat(1_500_000), "y".repeat(1_500_000)];
  const ops = texts.map((text, n) => done(n, text));
  await runWith(ops, async (invoke) => {
    const { json } = await ask(invoke, { next: `0.${ops.length}.r` });
    const byRef = invoke.memo.map(({ v, ...entry }) => {
      const text = JSON.stringify(v);
      const bytes = Buffer.byteLength(text);
      const sha256 = createHash("sha256").update(text).digest("hex");
      return bytes < REF_BYTES_MIN ? { ...entry, v } : { ...entry, ref: { id: entry.id, bytes, sha256 } };
    });
    expect(json).toEqual({ memo: byRef, memo_next: null });
    expect((await ask(invoke, { next: `0.${ops.length}` })).json.memo).toEqual(invoke.memo);
  });
});

test("nobody but the app, for its own run, under a fence that is live", async () => {
  const last = await runWith([done(0, 1)], async (invoke) => {
    const other = "018f0000-0000-7000-8000-000000000000";
    const path = `${doors.path(invoke.run.id)}/memo`;
    const body = { run: invoke.run.id, fence: invoke.task.fence, next: "0.1" };
    expect(
      codes([
        await doors.engine.call("POST", path, body),
        await ask(invoke, {}, invoke.run.id, parseSecret(DEV_SECRET)),
        await ask(invoke, {}, other),
        await ask(invoke, { run: other }, other),
        await ask(invoke, { fence: "018f0000-0000-4000-8000-000000000000" }),
        await ask(invoke, { fence: "no uuid" }),
        await ask(invoke, { next: "c2" }),
        await ask(invoke, { next: 7 }),
      ]),
    ).toEqual([
      [403, "forbidden"],
      [401, "unauthenticated"],
      [422, "validation"],
      [404, "not-found"],
      [409, "stale-fence"],
      [409, "stale-fence"],
      [422, "validation"],
      [422, "validation"],
    ]);
  });
  expect(codes([await ask(last, {})])).toEqual([[410, "run-ended"]]);
});

test("an SDK that takes no pages pauses as before", async () => {
  let calls = 0;
  doors.does((invoke) => {
    calls += 1;
    const n = invoke.memo.length;
    return { status: "continue", ops: [done(n, "x".repeat(3_000_000))] };
  });
  const sent = await doors.begin({ isWaitedFor: false });
  const path = doors.path(sent.json.runs[0].run);
  await expect.poll(async () => (await doors.engine.call("GET", path)).json.status).toBe("paused");
  expect((await doors.engine.call("GET", path)).text).toContain("Set DURABLE_URL where the app runs");
  expect(calls).toBe(2);
});
