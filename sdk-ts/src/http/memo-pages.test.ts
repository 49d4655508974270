// The rest of a memo, from an engine that answers as it should and from one that does not.
import { type InvokeRequest, MEMO_ENTRIES_MAX, type MemoEntry } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import type { EngineReply } from "./dispatch-connection.ts";
import { fetchMemo } from "./memo-pages.ts";

const entry = (id: number | string) => ({ id: String(id), op: "run", st: "ok", v: id }) as MemoEntry;
const request = (memo_next: string | null) =>
  ({
    run: { id: "run_1" },
    task: { kind: "advance", fence: "f1" },
    input: { event: { id: "e", name: "e", data: 1, time: "2026-10-21T09:00:00.000Z" } },
    memo: [entry(0)],
    memo_next,
    budget: { ms: 1_000, steps: 1 },
  }) as unknown as InvokeRequest;
const answer = (page: unknown): EngineReply => ({
  kind: "answer",
  body: new TextEncoder().encode(typeof page === "string" ? page : JSON.stringify(page)),
});

/** An engine that answers so, and what it was asked. */
function engine(reply: (asked: { next: string; count: number }) => EngineReply) {
  const asked: { path: string; body: unknown }[] = [];
  const post = async (path: string, body: string) => {
    asked.push({ path, body: JSON.parse(body) });
    return reply({ ...JSON.parse(body), count: asked.length });
  };
  let given = 0;
  const giveUp = () => {
    given += 1;
  };
  return { asked, connection: { isLeftAlone: false, post, insist: post, giveUp }, givenUp: () => given };
}

test("a memo that is all there asks nobody", async () => {
  const all = request(null);
  expect(await fetchMemo(all, null)).toEqual({ kind: "whole", request: all });
});

test("pages are fetched one after the other and joined in order", async () => {
  const { asked, connection } = engine(({ next, count }) =>
    answer({
      memo: [entry(count * 2 - 1), entry(count * 2)],
      memo_next: next === "c3" ? null : `c${count + 1}`,
    }),
  );
  const fetched = await fetchMemo(request("c1"), connection);
  expect(fetched).toMatchObject({ kind: "whole", request: { memo: [0, 1, 2, 3, 4, 5, 6].map(entry) } });
  expect(asked).toEqual(
    ["c1", "c2", "c3"].map((next) => ({
      path: "/runs/run_1/memo",
      body: { run: "run_1", fence: "f1", next },
    })),
  );
  // The time it took is not there for steps.
  expect(fetched.kind === "whole" && fetched.request.budget.ms).toBeLessThanOrEqual(1_000);
});

test("without an address, or a while after silence, nothing is fetched", async () => {
  const { asked, connection } = engine(() => ({ kind: "silence" }));
  const alone = { ...connection, isLeftAlone: true };
  expect(await fetchMemo(request("c1"), alone)).toMatchObject({ kind: "failed" });
  expect(await fetchMemo(request("c1"), null)).toEqual({ kind: "unreachable" });
  expect(asked).toEqual([]);
});

test.each(["stale-fence", "run-ended"])("%s ends the dispatch", async (code) => {
  const { connection } = engine(() => ({ kind: "problem", status: 409, code }));
  expect(await fetchMemo(request("c1"), connection)).toEqual({ kind: "stopped" });
});

test("an engine that gives no signed answer is left alone for a while", async () => {
  const { connection, givenUp } = engine(() => ({ kind: "silence" }));
  expect(await fetchMemo(request("c1"), connection)).toMatchObject({ kind: "failed" });
  expect(givenUp()).toBe(1);
});

test.each<[string, unknown]>([
  ["no JSON", "{"],
  ["a member twice", '{"memo":[],"memo_next":null,"memo":[]}'],
  ["nothing", null],
  ["no entries", { memo_next: null }],
  ["no cursor", { memo: [] }],
  ["a cursor that is no text", { memo: [entry(1)], memo_next: 7 }],
  ["an empty page before another one", { memo: [], memo_next: "c2" }],
  ["an entry without an id", { memo: [{ op: "run", st: "ok" }], memo_next: null }],
  ["an entry that is null", { memo: [null], memo_next: null }],
  ["an entry that was there", { memo: [entry(0)], memo_next: null }],
  ["an entry twice", { memo: [entry(1), entry(1)], memo_next: null }],
])("refuses a page with %s", async (_, page) => {
  const { asked, connection } = engine(() => answer(page));
  expect(await fetchMemo(request("c1"), connection)).toMatchObject({ kind: "failed" });
  expect(asked.length).toBe(1);
});

test("a cursor that never ends is followed no further than a memo may be long", async () => {
  const same = engine(() => answer({ memo: [entry("same")], memo_next: "c1" }));
  expect(await fetchMemo(request("c1"), same.connection)).toMatchObject({ kind: "failed" });
  expect(same.asked.length).toBe(2);
  const fresh = engine(({ count }) =>
    answer({ memo: Array.from({ length: 1_000 }, (_, i) => entry(`${count}.${i}`)), memo_next: "c1" }),
  );
  expect(await fetchMemo(request("c1"), fresh.connection)).toMatchObject({ kind: "failed" });
  expect(fresh.asked.length).toBe(MEMO_ENTRIES_MAX / 1_000);
});
