import { expect, test } from "vitest";
import { fairnessOnWire, priorityOnWire } from "./order.ts";

test("a priority is a number, a path or an expression", () => {
  expect([priorityOnWire(-600), priorityOnWire("urgency"), priorityOnWire({ cel: "event.data.p" })]).toEqual([
    -600,
    "urgency",
    { cel: "event.data.p" },
  ]);
  expect(() => priorityOnWire(601)).toThrow("priority must be a whole number from -600 to 600, and is 601.");
  expect(() => priorityOnWire(0.5)).toThrow("whole number");
  expect(() => priorityOnWire(true as never)).toThrow("priority must be a path into event.data");
});

test("fairness has a key, and a weight of the same kinds", () => {
  expect(fairnessOnWire({ key: "tenantId" })).toEqual({ key: "tenantId" });
  expect(fairnessOnWire({ key: { cel: "event.data.t" }, weight: 3 })).toEqual({
    key: { cel: "event.data.t" },
    weight: 3,
  });
  expect(() => fairnessOnWire({ weight: 1 } as never)).toThrow("fairness.key must be a path");
  expect(() => fairnessOnWire({ key: "t", weight: 0 })).toThrow(
    "fairness.weight must be a whole number from 1 to 100, and is 0.",
  );
  expect(() => fairnessOnWire({ key: "t", share: 2 } as never)).toThrow("share");
});
