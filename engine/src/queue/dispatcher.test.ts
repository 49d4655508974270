import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemPorts } from "../runtime/system-ports.ts";
import { Dispatcher, type DispatcherOptions } from "./dispatcher.ts";
import { Slots } from "./slots.ts";

test("while slots are capped, claims wait for each other; afterwards they do not", async () => {
  let nowMs = 0;
  let claims = 0;
  const slots = new Slots(64);
  const dispatcher = new Dispatcher({
    ...systemPorts(),
    clock: { monotonicMs: () => nowMs, epochMs: () => nowMs, epochOf: (ms: number) => ms },
    slots,
    pollMs: 1,
    authority: { engineId: () => 1, mayAct: () => true },
    health: { admissions: () => [] },
    database: {
      sql: async () => {
        claims += 1;
        return [];
      },
    },
    log: { warn() {} },
    tellOthers() {},
    giveUpDispatches() {},
  } as unknown as DispatcherOptions);
  slots.cap = 8;
  await dispatcher.start();
  try {
    await expect.poll(() => claims).toBe(1);
    // Polls and hints are many, and time stands still.
    for (let hint = 0; hint < 10; hint += 1) {
      dispatcher.kick();
      await sleep(2);
    }
    expect(claims).toBe(1);
    nowMs += 50;
    dispatcher.kick();
    await expect.poll(() => claims).toBe(2);
    slots.cap = Number.POSITIVE_INFINITY;
    dispatcher.kick();
    await expect.poll(() => claims).toBeGreaterThan(4);
  } finally {
    await dispatcher.stop();
  }
});
