import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NonRetriableError, RetryAfterError, StepError } from "../errors.ts";
import { toFailure } from "./failure.ts";

const NOW_MS = 1_700_000_000_000;
beforeEach(() => {
  vi.stubEnv("NODE_ENV", "production");
  vi.stubEnv("DURABLE_DEV", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

describe("what user code threw, as data", () => {
  test("an error keeps its name, message, code and causes", () => {
    const cause = Object.assign(new TypeError("no route"), { code: "ENETUNREACH" });
    const failure = toFailure(new RangeError("card declined", { cause }));
    expect(failure).toMatchObject({
      name: "RangeError",
      message: "card declined",
      cause: { name: "TypeError", message: "no route", code: "ENETUNREACH" },
    });
    expect(failure.retry).toBeUndefined();
  });

  test("it names the innermost place in the user's own code, from the working directory on, and no stack", () => {
    const failure = toFailure(new Error("here"));
    expect(failure.frame).toMatch(/^sdk-ts\/src\/execution\/failure\.test\.ts:\d+:\d+$/);
    expect(failure.stack).toBeUndefined();
    expect(JSON.stringify(failure)).not.toContain(process.cwd());
  });

  test("in dev mode the lines around that place come too, with the stack", () => {
    vi.stubEnv("DURABLE_DEV", "1");
    const failure = toFailure(new Error("shown in dev"));
    expect(failure.frame).toMatch(/\n> +\d+ \| .*shown in dev/);
    expect(failure.stack).toContain("shown in dev");
  });

  test.each([
    ["a string", "boom", "boom"],
    ["an object", { reason: 7 }, '{"reason":7}'],
    ["nothing", undefined, "undefined"],
    ["null", null, "null"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    [
      "something circular",
      Object.assign({}, ...[{}].map((o: object) => Object.assign(o, { o }))),
      "[object Object]",
    ],
  ])("%s may be thrown as well", (_, thrown, message) => {
    expect(toFailure(thrown)).toMatchObject({ name: "Error", message });
  });

  test("something that throws when it is looked at is described all the same", () => {
    const hostile = new Proxy(new Error("x"), {
      get() {
        throw new Error("no");
      },
    });
    expect(toFailure(hostile)).toEqual({
      name: "Error",
      message: "User code threw something that cannot be described.",
    });
  });

  test("long messages are cut at a character, and what no database takes is replaced", () => {
    const { message } = toFailure(new Error(`\0\ud800${"ü".repeat(5_000)}`));
    expect(message.startsWith("\ufffd\ufffdü")).toBe(true);
    expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(4_096);
    expect(message).not.toContain("\ufffd...");
  });

  test("a chain of causes ends somewhere", () => {
    const error: Error = new Error("round");
    error.cause = error;
    expect(JSON.stringify(toFailure(error)).length).toBeLessThan(10_000);
  });
});

describe("what it says about another attempt", () => {
  test("NonRetriableError: none, also of another copy of the class", () => {
    expect(toFailure(new NonRetriableError("no")).retry).toBe(false);
    expect(toFailure(Object.assign(new Error("no"), { name: "NonRetriableError" })).retry).toBe(false);
  });

  test.each([
    ["a duration", "90s", 90_000],
    ["milliseconds", 1_500, 1_500],
    ["a Date", new Date(NOW_MS + 10_000), 10_000],
    ["a Date that is past", new Date(0), 1],
    ["more than a day", "40h", 86_400_000],
  ])("RetryAfterError with %s", (_, after, ms) => {
    vi.useFakeTimers({ now: NOW_MS });
    expect(toFailure(new RetryAfterError("later", after)).retry_after_ms).toBe(ms);
  });

  test("RetryAfterError without an instant is a mistake of its own", () => {
    expect(() => new RetryAfterError("later", new Date("never"))).toThrow("invalid Date");
    expect(() => new RetryAfterError("later", "never")).toThrow("is no duration");
  });

  test("a step that failed for good fails the function with its own error, and is not tried again", () => {
    const failure = {
      name: "CardError",
      message: "declined",
      code: "card_declined",
      frame: "src/pay.ts:3:1",
    };
    const error = new StepError("charge", failure);
    expect([error.name, error.message, error.code, error.stepName]).toEqual([
      "CardError",
      "declined",
      "card_declined",
      "charge",
    ]);
    expect(toFailure(error)).toEqual({ ...failure, retry: false });
  });
});
