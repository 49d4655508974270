import type { MemoEntry } from "@durable/protocol/wire";
import { describe, expect, test } from "vitest";
import { fitsAll, fitsAny, fitsEvent } from "../../steps/fits-wait.ts";
import { disagreement } from "./disagreement.ts";

test("the same op under a name agrees, another one ends the turn and says where it was asked for", () => {
  const asked = { op: "sleep", name: "pause", n: 1 } as const;
  expect(disagreement(asked, { id: "a", op: "sleep", st: "pending" })).toBeNull();
  expect(disagreement(asked, { id: "a", op: "run", st: "ok" })).toMatchObject({
    kind: "nondeterministic",
    message: expect.stringMatching(
      /^Step "pause" \(1\) is recorded as "run", and the code now asks for "sleep" under that name, at .*disagreement\.test\.ts:\d+:\d+\.$/,
    ),
    frame: expect.stringContaining("disagreement.test.ts"),
  });
});

describe("of one op, what is recorded tells the kind of wait", () => {
  const event = { id: "1", name: "e", data: null, time: "2026-01-01T00:00:00.000Z" };
  const recorded = { event, any: { key: "0", event }, all: { key: event, event } };
  const kinds = { event: fitsEvent, any: fitsAny, all: fitsAll };
  const endOf = (kind: keyof typeof kinds, entry: object) =>
    disagreement({ op: "wait", name: "w", n: 0, fits: kinds[kind] }, {
      id: "a",
      op: "wait",
      ...entry,
    } as MemoEntry);

  test.each(["event", "any", "all"] as const)("%s", (kind) => {
    for (const [other, v] of Object.entries(recorded)) {
      const end = endOf(kind, { st: "ok", v });
      if (other === kind) expect(end).toBeNull();
      else
        expect(end).toMatchObject({
          kind: "nondeterministic",
          message: expect.stringMatching(/^Step "w" \(0\) is recorded as another kind of "wait" than/),
        });
    }
    for (const entry of [{ st: "ok", v: null }, { st: "pending" }, { st: "err" }]) {
      expect(endOf(kind, entry)).toBeNull();
    }
  });
});
