import { expect, test } from "vitest";
import { keyOf, keySaid, ownerOf, ruleOf, waitingQuery } from "./limit-words.ts";

const none = { period_ms: null, burst: null };

test.each([
  [{ kind: "concurrency", count: 2, ...none }, "2 at a time"],
  [{ kind: "concurrency", count: 0, ...none }, "Nobody is let in"],
  [{ kind: "singleton", count: 1, ...none }, "One run at a time"],
  [{ kind: "throttle", count: 60, period_ms: 3_600_000, burst: 1 }, "60 starts per 1 h, spread evenly"],
  [{ kind: "throttle", count: 1, period_ms: 60_000, burst: 5 }, "1 start per 1 min, up to 5 at once"],
] as const)("%j", (limit, said) => {
  expect(ruleOf(limit)).toBe(said);
});

test("the key stands in the name of a concurrency, and in the manifest of others", () => {
  const concurrency = { kind: "concurrency", function: "mail" } as const;
  expect(keyOf({ ...concurrency, name: 'concurrency by tenantId of "mail"' }, null)).toBe("tenantId");
  expect(keyOf({ ...concurrency, name: "concurrency by 'gpu' of the workspace" }, null)).toBe("'gpu'");
  expect(keyOf({ ...concurrency, name: 'concurrency of "mail"' }, null)).toBeNull();
  const throttle = { kind: "throttle", name: 'throttle of "sms"', function: "sms" } as const;
  expect(keyOf(throttle, { throttle: { key: { cel: "event.data.a" } } })).toBe("event.data.a");
  expect(keyOf(throttle, { throttle: {} })).toBeNull();
});

test("whose it is", () => {
  expect(ownerOf({ function: "mail", name: "" })).toBe("mail");
  expect(ownerOf({ function: null, name: 'throttle "provider"' })).toBe(
    'Throttle "provider", shared by functions',
  );
  expect(ownerOf({ function: null, name: "overlap of schedules" })).toBe(
    "Schedules whose runs do not overlap",
  );
});

test("a key that could be something else is quoted", () => {
  expect(["acme", "42", 42, true, "true", "a b", ""].map(keySaid)).toEqual([
    "acme",
    '"42"',
    "42",
    "true",
    '"true"',
    "a b",
    '""',
  ]);
});

test("a query for who waits keeps the kind of the key", () => {
  expect(waitingQuery({ function: "mail" }, { key: "42" })).toBe(
    'status:queued,waiting,running function:mail key:"\\"42\\""',
  );
  expect(waitingQuery({ function: null }, { key: 42 })).toBe("status:queued,waiting,running key:42");
  expect(waitingQuery({ function: "mail" }, { key: null })).toBe(
    "status:queued,waiting,running function:mail",
  );
});
