import { describe, expect, test } from "vitest";
import { Expression, fact } from "./expressions.ts";

const event = (data: unknown) =>
  fact(JSON.stringify({ id: "e", name: "paid", data, time: "2026-01-01T00:00:00.000Z" }));

function read(text: string): Expression {
  const expression = Expression.read(text, "event and trigger");
  if ("problem" in expression) throw new Error(expression.problem);
  return expression;
}

const evaluate = (text: string, data: unknown, trigger: unknown = {}) =>
  read(text).evaluate({ event: event(data), trigger: event(trigger) });

describe("what people write", () => {
  test.each<[string, unknown, boolean]>([
    ["event.data.total > 100", { total: 100.5 }, true],
    ["event.data.total > 100", { total: 100 }, false],
    ["event.data.count + 1 == 3 && event.data.count % 2 == 0", { count: 2 }, true],
    ["event.name == 'paid' && event.data.id == trigger.data.id", { id: 7 }, true],
    ["event.data.kind in ['a', 'b']", { kind: "b" }, true],
    ["event.data.id == '7'", { id: 7 }, false],
    ["has(event.data.note) && event.data.note.startsWith('x')", {}, false],
    ["event.data.items.exists(i, i.price * 2 > 9)", { items: [{ price: 1 }, { price: 5 }] }, true],
    ["event.data.items.filter(i, i.price > 1).size() == 1", { items: [{ price: 1 }, { price: 5 }] }, true],
    ["timestamp(event.time) < timestamp('2027-01-01T00:00:00Z')", {}, true],
    ["event.data.missing == 1 || true", {}, true],
  ])("%s of %j", (text, data, value) => {
    expect(evaluate(text, data, { id: 7 })).toEqual({ ok: true, value });
  });

  test("an expression is read once and used for many events", () => {
    const expression = read("event.data.items.all(i, i > 0)");
    for (const [items, value] of [
      [[1, 2], true],
      [[1, -2], false],
      [[], true],
    ] as const) {
      expect(expression.evaluate({ event: event({ items }) })).toEqual({ ok: true, value });
    }
    expect(expression.usesTrigger).toBe(false);
    expect(read("trigger.data.a == 1").usesTrigger).toBe(true);
  });
});

describe("is refused when it is read", () => {
  test.each([
    ["event.data.total >", /Unexpected token: EOF \(at character 19\)/],
    ["evnt.data.total > 1", /Unknown variable: evnt \(at character 1\)/],
    ["event.data.total + 1 + 'a'", /must be true or false|no such overload|not defined/i],
    ["1 + 1", /it is of type int, and must be true or false/],
    ["event.data.id.matches('^(a+)+$')", /regular expressions \(matches\) are not offered/],
    ["cel.bind(x, event.data.s + event.data.s, x == '')", /cel.bind is not offered/],
    ["event.data.a.foo(1)", /foo/],
    [`event.data.a == '${"x".repeat(1_000)}'`, /at most 1000/],
    [`${"(".repeat(60)}true${")".repeat(60)}`, /depth/i],
    ["", /./],
  ])("%s", (text, problem) => {
    expect(Expression.read(text, "event and trigger")).toEqual({ problem: expect.stringMatching(problem) });
  });

  test("a trigger's filter has no run to look at", () => {
    expect(Expression.read("trigger.data.id == 1", "event")).toEqual({
      problem: "Unknown variable: trigger (at character 1)",
    });
  });
});

describe("fails visibly when it is evaluated", () => {
  test.each<[string, unknown, RegExp]>([
    [
      "event.data.user.id == 1",
      {},
      /"event.data.user.id == 1" could not be evaluated: No such key: user \(at character 12\)\./,
    ],
    ["event.data.flag", { flag: "yes" }, /its value is neither true nor false but a string/],
    ["event.data.a + 1 == 2", { a: "x" }, /no such overload/],
    ["event.data.__proto__ == null", {}, /No such key: __proto__/],
    ["event.data.constructor == null", {}, /No such key: constructor/],
  ])("%s of %j", (text, data, detail) => {
    expect(evaluate(text, data)).toEqual({ ok: false, detail: expect.stringMatching(detail) });
  });
});

describe("what it may cost is bounded", () => {
  const many = Array.from({ length: 20_000 }, (_, n) => n);

  test.each([
    [
      "loops in loops",
      "event.data.many.all(a, event.data.many.all(b, event.data.many.all(c, a + b + c >= 0)))",
    ],
    [
      "what swallows errors",
      "event.data.many.exists(a, event.data.many.exists(b, a + b < 0 || a < 0)) || true",
    ],
    ["a list made of lists", "event.data.many.map(a, event.data.many.map(b, a + b)).size() > 0"],
    [
      "a filter in a filter",
      "event.data.many.filter(a, event.data.many.filter(b, b > a).size() > 0).size() > 0",
    ],
    ["long texts", "event.data.many.all(a, event.data.text.contains('aab') || event.data.text + 'x' != 'y')"],
  ])("%s", (_, text) => {
    const expression = read(text);
    expect(expression.evaluate({ event: event({ many, text: "a".repeat(900_000) }) })).toEqual({
      ok: false,
      detail: expect.stringMatching(/it loops over more than one evaluation may cost/),
    });
    // Uncounted they would be 400 million and more. Who swallows the error begins the rest of his list in vain.
    expect(expression.turns).toBeLessThan(5 * many.length);
  });

  test("a list of thousands is searched", () => {
    expect(evaluate("event.data.many.exists(a, a == 19999)", { many: many.slice(0, 5_000) })).toEqual({
      ok: true,
      value: false,
    });
  });
});
