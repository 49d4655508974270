import type { MemoEntry } from "@durable/protocol/wire";
import { expect, test, vi } from "vitest";
import { Scope } from "../scope.ts";
import { Memo } from "./memo.ts";
import { ResultLine } from "./result-line.ts";

const memo = () =>
  new Memo([
    { id: "a", op: "run", st: "ok", v: 1 },
    { id: "b", op: "run", st: "err", error: { name: "E", message: "no" } },
    { id: "c", op: "run", st: "ok", v: 3 },
  ] as MemoEntry[]);

function lineOf(...asked: { id: string; scope?: Scope }[]) {
  const entries = memo();
  const line = new ResultLine();
  const handedOut: unknown[] = [];
  for (const { id, scope = new Scope() } of asked) {
    const call = { op: "run", name: id, read: (value: unknown) => ({ value }) } as const;
    const hear = (what: unknown) => handedOut.push(what);
    line.add(entries.claim(id)!, { call, scope, resolve: hear, reject: hear });
  }
  return { line, handedOut };
}

test("what was recorded first is handed out first, whoever asked first, and one at a time", () => {
  const { line, handedOut } = lineOf({ id: "c" }, { id: "a" }, { id: "b" });
  line.handOutFirst();
  expect(handedOut).toEqual([{ value: 1 }]);
  line.handOutFirst();
  expect(handedOut[1]).toMatchObject({ name: "E", message: "no", stepName: "b" });
  expect(line.isEmpty).toBe(false);
  line.handOutFirst();
  expect(handedOut[2]).toEqual({ value: 3 });
  expect(line.isEmpty).toBe(true);
});

test("a branch that lost leaves the line", () => {
  const lost = new Scope("branch");
  const { line, handedOut } = lineOf({ id: "a", scope: new Scope("inner", lost) }, { id: "c" });
  lost.close();
  expect(line.drop(({ scope }) => scope.isClosed)).toEqual(["a"]);
  line.handOutFirst();
  expect(handedOut).toEqual([{ value: 3 }]);
  expect(line.isEmpty).toBe(true);
});

test("a value that cannot be read is an error where the step stands, and none of the turn's own", () => {
  const line = new ResultLine();
  const reject = vi.fn();
  const read = () => {
    throw new TypeError("no such member");
  };
  const call = { op: "run", name: "a", read } as const;
  line.add(memo().claim("a")!, { call, scope: new Scope(), resolve: vi.fn(), reject });
  line.handOutFirst();
  expect(reject).toHaveBeenCalledWith(expect.objectContaining({ message: "no such member" }));
});
