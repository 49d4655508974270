// How an app's endpoint is. Pure.
import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type Workspace = AnswerOf<"listApps">["apps"][number];
export type Endpoint = NonNullable<Workspace["endpoint"]>;

interface Face {
  readonly label: string;
  readonly tone: Tone;
  readonly said: string;
}

export const CIRCUIT: Readonly<Record<Endpoint["circuit"]["state"], Face>> = {
  closed: { label: "Answers", tone: "good", said: "Runs are called as they are due." },
  open: {
    label: "Does not answer",
    tone: "bad",
    said: "Nothing is sent to it but probes. Its runs wait, at no cost to their attempts.",
  },
  limited: {
    label: "Is spared",
    tone: "calm",
    said: "It is back after an outage, or asked for less, and gets a few requests at a time.",
  },
};

/** What is wrong first, then by name. */
export function byTrouble(a: Workspace, b: Workspace): number {
  return trouble(a) - trouble(b) || a.app.localeCompare(b.app) || a.environment.localeCompare(b.environment);
}

const ORDER: Readonly<Record<Endpoint["circuit"]["state"], number>> = { open: 0, limited: 1, closed: 2 };

function trouble({ endpoint }: Workspace): number {
  return endpoint === null ? 3 : ORDER[endpoint.circuit.state];
}
