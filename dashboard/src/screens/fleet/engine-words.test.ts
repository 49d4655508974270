import { expect, test } from "vitest";
import { type Engine, fleetSums } from "./engine-words.ts";

const engine = (part: Partial<Engine>) =>
  ({ state: "live", slots: 8, slots_used: 3, leases: 2, ...part }) as Engine;

test("only those that live are added up; what one has not said is nothing", () => {
  const engines = [
    engine({}),
    engine({ state: "draining", slots_used: null, leases: null }),
    engine({ state: "dead" }),
    engine({ state: "stopped" }),
  ];
  expect(fleetSums(engines)).toEqual({ live: 2, slots: 16, used: 3, leases: 2 });
});
