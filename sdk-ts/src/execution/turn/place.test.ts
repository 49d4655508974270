import { expect, test } from "vitest";
import { Scope } from "../scope.ts";
import { idOf } from "../step-ids.ts";
import { type JoinPoint, Place } from "./place.ts";

test("names are counted where user code stands, and it stands where it did when a call is over", () => {
  const place = new Place(() => expect.unreachable());
  const branch = new Scope("branch", place.scope);
  expect([place.next("a").n, place.next("a").n, place.next("b").n]).toEqual([0, 1, 0]);
  place.within(branch, () => expect(place.next("a")).toEqual({ id: idOf("branch", "a", 0), n: 0 }));
  expect(() =>
    place.within(branch, () => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(place.next("a")).toEqual({ id: idOf("", "a", 2), n: 2 });
  expect(place.next("0-9", "loop")).toEqual({ id: idOf("loop", "0-9", 0), n: 0 });
});

test("a branch that asks for anything before its own step was asked asks the code around it", () => {
  const asked: [JoinPoint, string][] = [];
  const place = new Place((...args) => asked.push(args));
  const join: JoinPoint = { id: "j", name: "race", n: 0, scope: place.scope };
  place.within(
    place.scope,
    () => {
      place.within(new Scope("own", place.scope), () => place.next("own"));
      place.next("outer");
    },
    join,
  );
  expect(asked).toEqual([[join, "outer"]]);
});
