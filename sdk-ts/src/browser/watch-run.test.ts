// watchRun against an engine that is a function: what it sends, how it comes back, and when it gives up.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type RunView, WatchError, watchRun } from "./index.ts";

interface Asked {
  readonly url: string;
  readonly headers: Record<string, string>;
}

let asked: Asked[];
let answers: ((signal: AbortSignal) => Response | Promise<Response>)[];

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  answers = [];
  vi.stubGlobal(
    "fetch",
    async (url: string, init: { headers: Record<string, string>; signal: AbortSignal }) => {
      asked.push({ url, headers: init.headers });
      const answer = answers.shift();
      if (answer === undefined) throw new TypeError("fetch failed");
      return await answer(init.signal);
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const RUN = { id: "r1", ended: false, status: "running" };
const ENDED = { id: "r1", ended: true, status: "completed" };
const block = (id: string, run: object) => `id: ${id}\ndata: ${JSON.stringify(run)}\n\n`;

/** A stream of these pieces, which then ends, or stays silent. */
function stream(pieces: readonly string[], { staysOpen = false } = {}) {
  return (signal: AbortSignal) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          const encoder = new TextEncoder();
          for (const piece of ["retry: 500\nevent: open\ndata: {}\n\n", ...pieces])
            controller.enqueue(encoder.encode(piece));
          if (!staysOpen) controller.close();
          signal.addEventListener("abort", () => controller.error(signal.reason));
        },
      }),
    );
}

const problem = (status: number, code: string) => () =>
  new Response(JSON.stringify({ code, detail: `It says ${code}.` }), { status });

function watch(more: Partial<Parameters<typeof watchRun>[0]> = {}) {
  const seen: RunView[] = [];
  const lines: boolean[] = [];
  const done = watchRun({
    url: "https://engine/watch",
    token: "drt_1",
    onChange: (run) => seen.push(run),
    onLine: (isConnected) => lines.push(isConnected),
    ...more,
  });
  done.catch(() => {});
  return { seen, lines, done };
}

test("it tells every view, in whatever pieces it comes, and resolves to the last", async () => {
  const text = `${block("a", { ...RUN, state: "grün" })}: beat\n\n${block("b", ENDED)}`;
  answers.push(stream([...text]));
  const { seen, done } = watch();
  expect(await done).toEqual(ENDED);
  expect(seen).toEqual([{ ...RUN, state: "grün" }, ENDED]);
  expect(asked).toEqual([{ url: "https://engine/watch/stream", headers: { authorization: "Bearer drt_1" } }]);
});

test("a line that breaks is made anew with the last id, after pauses that grow and are short again once it stands", async () => {
  const down = () => Promise.reject(new TypeError("fetch failed"));
  answers.push(
    stream([block("a", RUN)]),
    down,
    problem(503, "unavailable"),
    problem(429, "too-many-requests"),
  );
  answers.push(stream([]), stream([block("b", ENDED)]));
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const { lines, done } = watch();
  const at: number[] = [];
  for (let ms = 0; ms <= 20_000 && asked.length < 6; ms += 100) {
    while (at.length < asked.length) at.push(ms);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(await done).toEqual(ENDED);
  expect(at.map((ms, index) => ms - (at[index - 1] ?? 0))).toEqual([0, 500, 1000, 2000, 4000]);
  expect(asked.map(({ headers }) => headers["last-event-id"])).toEqual([undefined, "a", "a", "a", "a", "a"]);
  expect(lines).toEqual([true, false, true, false, true]);
});

test("a line that is silent for 45 s is given up", async () => {
  answers.push(stream([block("a", RUN)], { staysOpen: true }), stream([block("b", ENDED)]));
  const { seen, done } = watch();
  await vi.advanceTimersByTimeAsync(44_000);
  expect(asked.length).toBe(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await done).toEqual(ENDED);
  expect(seen.length).toBe(2);
});

test("a function gets another token when the time of one is over, and not again for one that has just been made", async () => {
  let made = 0;
  const token = () => Promise.resolve(`drt_${++made}`);
  answers.push(stream([block("a", RUN)]), problem(401, "unauthenticated"), stream([block("b", ENDED)]));
  const { done } = watch({ token });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await done).toEqual(ENDED);
  expect(asked.map(({ headers }) => headers["authorization"])).toEqual([
    "Bearer drt_1",
    "Bearer drt_1",
    "Bearer drt_2",
  ]);
  answers.push(problem(401, "unauthenticated"));
  await expect(watch({ token }).done).rejects.toMatchObject({ status: 401 });
  expect(made).toBe(3);
});

test.each([
  [401, "unauthenticated"],
  [403, "forbidden"],
  [404, "not-found"],
])("%i is told in the engine's words, and not tried again", async (status, code) => {
  answers.push(problem(status, code));
  const { done } = watch();
  await expect(done).rejects.toBeInstanceOf(WatchError);
  await expect(done).rejects.toMatchObject({ status, code, message: `It says ${code}.` });
  answers.push(() => new Response("<html>", { status }));
  await expect(watch().done).rejects.toMatchObject({ status, code: "unknown" });
});

test("a signal ends it, in a pause and while it listens; what a callback throws ends it too", async () => {
  const reason = new Error("the page is gone");
  for (const answer of [stream([block("a", RUN)]), stream([block("a", RUN)], { staysOpen: true })]) {
    answers = [answer];
    const control = new AbortController();
    const { seen, done } = watch({ signal: control.signal });
    await vi.advanceTimersByTimeAsync(10);
    expect(seen.length).toBe(1);
    control.abort(reason);
    await expect(done).rejects.toBe(reason);
  }
  answers = [stream([block("a", RUN)])];
  const { done } = watch({
    onChange: () => {
      throw reason;
    },
  });
  await expect(done).rejects.toBe(reason);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.getTimerCount()).toBe(0);
});
