import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type Engine = AnswerOf<"getFleet">["engines"][number];

interface Face {
  readonly label: string;
  readonly tone: Tone;
  readonly said: string;
}

export const ENGINE_STATE: Readonly<Record<Engine["state"], Face>> = {
  live: { label: "Live", tone: "good", said: "It takes work." },
  draining: {
    label: "Draining",
    tone: "calm",
    said: "It stops: what is under way is finished, nothing new is taken.",
  },
  stopped: { label: "Stopped", tone: "gone", said: "It has left, and holds nothing." },
  dead: { label: "Dead", tone: "bad", said: "Its heartbeat stopped; others took over what it held." },
};

/** Of those that live: slots that are taken, slots, and leases. */
export function fleetSums(engines: readonly Engine[]) {
  const live = engines.filter(({ state }) => state === "live" || state === "draining");
  const sum = (of: (engine: Engine) => number) => live.reduce((all, engine) => all + of(engine), 0);
  return {
    live: live.length,
    slots: sum(({ slots }) => slots),
    used: sum(({ slots_used }) => slots_used ?? 0),
    leases: sum(({ leases }) => leases ?? 0),
  };
}
