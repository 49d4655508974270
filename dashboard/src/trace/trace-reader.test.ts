import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TraceAnswer } from "./span.ts";
import { TraceReader } from "./trace-reader.ts";

const at = (ms: number) => new Date(ms).toISOString();

/** An engine whose run has these steps, two on a page. */
function engine(steps: { id: string; end: number | null }[]) {
  const asked: string[] = [];
  const read = async ({ cursor, time }: { cursor?: string; time: string }): Promise<TraceAnswer> => {
    asked.push(time === "true" ? "time" : (cursor ?? "first"));
    const from = Number(cursor ?? 0);
    const spans = steps.slice(from, from + 2).map(({ id, end }) => ({
      ...{
        id,
        parent: null,
        kind: "step" as const,
        name: id,
        status: "ok" as const,
        attempt: 1,
        app_ms: null,
      },
      ...{ start: at(0), end: end === null ? null : at(end), phases: [], limit: null, run: null, app: null },
    }));
    return {
      run: { id: "run", function: "f", status: "running", start: at(0), end: null },
      time: null,
      spans,
      next: from + 2 < steps.length ? `${from + 2}` : null,
    };
  };
  return { asked, read };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first page is told at once, the others come behind it", async () => {
  const { asked, read } = engine(["a", "b", "c", "d", "e"].map((id) => ({ id, end: 1 })));
  const told: number[] = [];
  const reader: TraceReader = new TraceReader(read, () => told.push(reader.loaded!.trace.spans.length));
  reader.start();
  reader.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told[0]).toBe(2);
  expect(told.at(-1)).toBe(5);
  expect(reader.loaded!.trace.isWhole).toBe(true);
  expect(asked.toSorted()).toEqual(["2", "4", "first", "time"]);
});

test("changed steps are read again by their pages, many changes at once", async () => {
  const steps = ["a", "b", "c"].map(
    (id) => ({ id, end: id === "a" ? null : 1 }) as { id: string; end: number | null },
  );
  const { asked, read } = engine(steps);
  const reader = new TraceReader(read, () => {});
  reader.start();
  await vi.advanceTimersByTimeAsync(1_000);
  asked.length = 0;
  steps[0]!.end = 9;
  steps.push({ id: "d", end: 9 }, { id: "e", end: 9 });
  reader.readAgain(["a"]);
  reader.readAgain([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked.toSorted()).toEqual(["2", "4", "first", "time"]);
  expect(reader.loaded!.trace.spans.map(({ id, endMs }) => `${id} ${endMs}`)).toEqual([
    "a 9",
    "b 1",
    "c 1",
    "d 9",
    "e 9",
  ]);
});

test("what is refused is said, and tried again when somebody asks", async () => {
  let fails = true;
  const { read } = engine([{ id: "a", end: 1 }]);
  const reader = new TraceReader(
    async (query) => {
      if (fails) throw new Error("away");
      return read(query as never);
    },
    () => {},
  );
  reader.start();
  await vi.advanceTimersByTimeAsync(10);
  expect(reader.error?.message).toBe("away");
  fails = false;
  reader.start();
  await vi.advanceTimersByTimeAsync(10);
  expect(reader.error).toBeNull();
  expect(reader.loaded?.trace.spans).toHaveLength(1);
});

test("who has left is told nothing", async () => {
  const { read } = engine([{ id: "a", end: 1 }]);
  const tell = vi.fn();
  const reader = new TraceReader(read, tell);
  reader.start();
  reader.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tell).not.toHaveBeenCalled();
});
