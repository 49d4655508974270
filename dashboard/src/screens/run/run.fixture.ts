import type { Run } from "../../live/patches.ts";

type Step = Run["steps"][number];

const NO_TIMES = {
  ...{
    scheduled_at: null,
    leased_at: null,
    sent_at: null,
    first_byte_at: null,
    received_at: null,
    app_ms: null,
  },
};

export function step(name: string, more: Partial<Step> = {}): Step {
  return {
    ...NO_TIMES,
    ...{
      id: name,
      scope: null,
      group: null,
      op: "run",
      name,
      n: 0,
      status: "ok",
      seq: 1,
      value: null,
      failure: null,
    },
    ...{ attempt: 1, event_id: null, due_at: null, wait: null, input: null, deployment: null, attempts: [] },
    ...{ committed_at: "2026-01-01T00:00:00.000Z", settled_at: "2026-01-01T00:00:01.000Z" },
    ...more,
  };
}

export function run(more: Partial<Run> = {}): Run {
  const instant = "2026-01-01T00:00:00.000Z";
  return {
    ...{ id: "run-1", rev: 1, app: "shop", environment: "dev", function: "order-paid", function_version: 1 },
    ...{ status: "completed", why: "It completed.", wait: null, created_at: instant, ended_at: instant },
    event: { id: "e", name: "durable.trigger", data: { amount: 4 }, time: instant, received_at: instant },
    ...{ error: null, deployments: [] },
    ...{ output: 8, failure: null, state: null, unclaimed: null, compensated: 0, parent: null, children: [] },
    ...{
      origin: null,
      reruns: [],
      cancelled: null,
      live: null,
      last_dispatch: null,
      heartbeats: [],
      detours: [],
    },
    ...{ steps: [step("charge")], attempts: [] },
    ...more,
  };
}
