import { expect, test } from "vitest";
import { Scope } from "../scope.ts";
import { OpenSteps } from "./open-steps.ts";

const call = { op: "run", name: "a" } as const;

test("a blocked step holds user code up even where nothing can come in this turn", () => {
  const open = new OpenSteps(false);
  const scope = new Scope();
  const promise = open.blocked("a", call, scope);
  expect(open.isEmpty).toBe(false);
  expect(open.idOf(promise)).toBe("a");
  expect([...scope.open]).toEqual(["a"]);
  expect(open.close("a")).toBeUndefined();
  expect(open.isEmpty).toBe(true);
});

test("with checkpoints, whoever awaits a step is found once, when it closes", async () => {
  const open = new OpenSteps(true);
  const promise = open.begun("a", call, new Scope());
  open.close("a")!.resolve("the result");
  expect(open.close("a")).toBeUndefined();
  expect(await promise).toBe("the result");
});

test("a failure that is not recorded ends the wait", async () => {
  const open = new OpenSteps(true);
  const promise = open.begun("a", call, new Scope(), Promise.reject(new Error("not taken")));
  await expect(promise).rejects.toThrow("not taken");
  expect(open.isEmpty).toBe(true);
});
