import type { Manifest } from "@durable/protocol/wire";
import { expect, test } from "vitest";
import { requireUsable } from "./usable-manifest.ts";

const manifest = (triggers: unknown[]) => ({ functions: [{ id: "f", triggers }] }) as unknown as Manifest;

test("a cron line or a time zone that cannot be is refused with its place", () => {
  const event = { event: "e" };
  expect(() => requireUsable(manifest([event, { cron: "0 25 * * *" }]))).toThrow(
    'The cron line of trigger 2 ("0 25 * * *") of function "f" cannot be used: "25" is no hour from 0 to 23.',
  );
  expect(() => requireUsable(manifest([{ cron: "0 9 * * *", tz: "Europe/Nowhere" }]))).toThrow(
    /"Europe\/Nowhere" is no time zone of the IANA data base/,
  );
  requireUsable(manifest([event, { cron: "0 9 * * *", tz: "Europe/Zurich", if: "event.data.tick != ''" }]));
  expect(() => requireUsable(manifest([event, { cron: "0 9 * * *", if: "event.data.(" }]))).toThrow(
    'The expression of trigger 2 ("0 9 * * *") of function "f" cannot be used',
  );
});

test("a function that is said to be invoked and is not served is refused, with who says so and what is near", () => {
  const app = (...invokes: string[]) =>
    ({
      app: "shop",
      functions: [
        { id: "order", triggers: [], invokes },
        { id: "bill", triggers: [] },
      ],
    }) as unknown as Manifest;
  expect(() => requireUsable(app("bill", "blil"))).toThrow(
    /^Function "order" says that it invokes "blil", and app "shop" serves no such function\. Did you mean "bill"\? Correct/,
  );
  expect(() => requireUsable(app("shop/gone"))).toThrow(/invokes "shop\/gone"/);
  requireUsable(app("bill", "shop/bill", "order", "elsewhere/deployed-later"));
});

test("the key of a shape that is no expression is refused with what it is the key of", () => {
  const key = { cel: "event.data.(" };
  const shapes = {
    idempotency: { key, period_ms: 1 },
    debounce: { key, period_ms: 1 },
    batch: { key, max_size: 2, max_wait_ms: 1 },
    rate_limit: { key, limit: 1, period_ms: 1 },
    singleton: { key, mode: "skip" },
  };
  const named = { rate_limit: "rate limit" } as Record<string, string>;
  for (const [member, shape] of Object.entries(shapes)) {
    const app = { functions: [{ id: "f", triggers: [], [member]: shape }] } as unknown as Manifest;
    expect(() => requireUsable(app)).toThrow(
      `The expression of the key of the ${named[member] ?? member} of "f" cannot be used`,
    );
  }
});

test("functions that share a limit give it the same numbers, or the sync names both", () => {
  const app = (one: object, other: object) =>
    ({
      functions: [
        { id: "a", triggers: [], ...one },
        { id: "b", triggers: [], ...other },
      ],
    }) as unknown as Manifest;
  const places = (more: object) => ({
    concurrency: { limit: 2, key: "tenant", scope: "workspace", ...more },
  });
  const starts = (more: object) => ({ throttle: { name: "mail", limit: 1, period_ms: 1_000, ...more } });
  requireUsable(app(places({}), places({})));
  requireUsable(app(starts({}), starts({ burst: 1 })));
  // Their own they may declare as they like.
  requireUsable(app({ concurrency: { limit: 2 } }, { concurrency: { limit: 3 } }));
  for (const [one, other] of [
    [places({}), places({ limit: 3 })],
    [places({}), places({ unit: "run" })],
    [starts({}), starts({ limit: 2 })],
    [starts({}), starts({ period_ms: 2_000 })],
    [starts({}), starts({ burst: 5 })],
  ] as const)
    expect(() => requireUsable(app(one, other))).toThrow(
      /^The functions "a" and "b" share the .*, and declare it differently\. Give both the same numbers/,
    );
});
