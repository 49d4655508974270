import { expect, test } from "vitest";
import type { Pause } from "../domain/pause.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import { matchEvent } from "./match-event.ts";

const LIMIT = { id: "of a", name: "limit", key: "tenant", unit: "step", units: 1, gate: null };

const fn = (id: string) =>
  ({
    id,
    version: 1,
    manifest: { id, triggers: [], fairness: { key: "tenant" } },
    input: null,
    limits: id === "a" ? [LIMIT] : [],
  }) as unknown as FunctionEntry;

const pause = (members: Partial<Pause>): Pause => ({
  id: "p",
  kind: "function",
  functionId: "a",
  limitId: null,
  key: null,
  by: "ann",
  since: "2026-01-01T00:00:00.000Z",
  isFull: false,
  ...members,
});

function match(pauses: readonly Pause[], target?: string) {
  const [a, b] = [fn("a"), fn("b")];
  const workspace = {
    pauses,
    functions: new Map([
      ["a", a],
      ["b", b],
    ]),
    listeners: {
      of: () => [
        { fn: a, filters: null },
        { fn: b, filters: null },
      ],
    },
  };
  const data = '{"tenant":"t"}';
  const event = { name: "e", data, clientId: null, ...(target !== undefined && { target }) };
  return matchEvent(workspace as never, event as never, () => `{"data":${data}}`);
}

const startsOf = (pauses: readonly Pause[], target?: string) =>
  match(pauses, target).starts.map((start) => [start.fn.id, start.isPaused]);

test("what is paused is started and held", () => {
  expect(startsOf([])).toEqual([
    ["a", false],
    ["b", false],
  ]);
  expect(startsOf([pause({})])).toEqual([
    ["a", true],
    ["b", false],
  ]);
  expect(startsOf([pause({ kind: "workspace", functionId: null })])).toEqual([
    ["a", true],
    ["b", true],
  ]);
  expect(startsOf([pause({ kind: "tenant", key: '"t"' })])).toEqual([
    ["a", true],
    ["b", false],
  ]);
  expect(startsOf([pause({ kind: "tenant", key: '"u"' })])[0]).toEqual(["a", false]);
  const key = (limitId: string, json: string) =>
    startsOf([pause({ kind: "key", functionId: null, limitId, key: json })]);
  expect(key(LIMIT.id, '"t"')).toEqual([
    ["a", true],
    ["b", false],
  ]);
  expect(key(LIMIT.id, '"u"')[0]).toEqual(["a", false]);
  expect(key("another", '"t"')[0]).toEqual(["a", false]);
});

test("a pause that is full leaves a skip, but for runs that somebody waits for", () => {
  const full = [pause({ isFull: true })];
  expect(startsOf(full)).toEqual([["b", false]]);
  expect(match(full).skips).toMatchObject([
    {
      functionId: "a",
      reason: "paused",
      detail:
        'No run of "a" was started, because the function "a" is paused by ann since 2026-01-01T00:00:00.000Z, and 100,000 jobs are held already.',
    },
  ]);
  expect(startsOf(full, "a")).toEqual([["a", true]]);
});
