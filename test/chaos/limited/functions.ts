import { createFunction, type DurableFunction } from "../../../sdk-ts/src/index.ts";
import { body, RETRY, type Told } from "../fixture-body.ts";

// Functions with every shape, gate and schedule there is. What they do is short; what is looked at is what becomes of
// their events, and when.

// biome-ignore lint/suspicious/noExplicitAny: an interpreter does not know the types of what it runs
type Any = any;

/** What sweeps over the recorded past hold it against. */
export const METERED = { limit: 3, periodMs: 1_000 } as const;
export const DELAYED = { limit: 4, periodMs: 1_000 } as const;
export const BUNDLE_MAX = 5;
/** Keys of the limit of `fair`. */
export const REGIONS = ["north", "south"] as const;
export const TENANTS = ["big", "small", "heavy"] as const;

const WORK = { do: "run", name: "work", failures: 0, fatal: false } as const;
const EVERY_SECOND = "* * * * * *";

export function limitedFunctions(app: string, write: Told["write"], url: string): DurableFunction[] {
  /** `restMs`: how long it sleeps once its work is done. */
  const make = (id: string, options: object, restMs = 0) =>
    createFunction({
      id,
      trigger: { event: `limited.${id}` },
      retry: RETRY,
      ...options,
      handler: async ({ event, events, step, run }: Any) => {
        const ids = ((events ?? [event]) as { id: string }[]).map((each) => each.id);
        write({ kind: "handled", t: Date.now(), run: run.id, fn: id, events: ids });
        await body({ ...WORK, ms: event.data.ms ?? 0 }, { step, run: run.id, write, url });
        if (restMs > 0) await step.sleep("rest", restMs);
      },
    });
  const ticking = (id: string, rules: object, restMs: number) =>
    make(id, { trigger: undefined, triggers: [{ cron: EVERY_SECOND, ...rules }] }, restMs);
  return [
    make("once", { idempotency: { key: "key" } }),
    make("metered", {
      rateLimit: { limit: METERED.limit, period: METERED.periodMs, key: "key", onLimit: "skip" },
    }),
    make("delayed", {
      rateLimit: { limit: DELAYED.limit, period: DELAYED.periodMs, key: "key", onLimit: "delay" },
    }),
    make("settled", { debounce: { period: 700, maxWait: 2_500, key: "key" } }),
    make("first", { debounce: { period: 400, key: "key", edge: "leading" } }),
    make("bundle", { batch: { maxSize: BUNDLE_MAX, maxWait: 400, key: "key" } }),
    make("solo-skip", { singleton: { mode: "skip", key: "key" } }),
    make("solo-cancel", { singleton: { mode: "cancel", key: "key" } }),
    make("solo-queue", { singleton: { mode: "queue", key: "key" } }),
    make("paced", {
      throttle: { limit: 6, period: 1_000, burst: 3, key: "key", units: { cel: "event.data.units" } },
      priority: "urgency",
    }),
    make("fair", {
      concurrency: { limit: 3, key: "region" },
      fairness: { key: "tenant", weight: "weight" },
      priority: "urgency",
    }),
    ...(app === "alpha"
      ? [
          ticking("tick-allow", { catchUp: "all", overlap: "allow", jitter: 300 }, 0),
          ticking("tick-skip", { catchUp: "none", overlap: "skip" }, 1_300),
        ]
      : [
          ticking("tick-queue", { catchUp: "last", overlap: "queue" }, 200),
          ticking("tick-cancel", { catchUp: "all", overlap: "cancel" }, 1_500),
        ]),
  ];
}
