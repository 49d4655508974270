import type { AnswerOf } from "@durable/engine/api";

export type Workspace = AnswerOf<"listApps">["apps"][number];

export interface EnvironmentLook {
  /** `PROD`: in the bar, in the title, in every button that is dangerous there. */
  readonly label: string;
  readonly bar: string;
  readonly text: string;
}

/** Production is what is marked so, whatever it is called. */
export function lookOf(environment: string, isProduction: boolean): EnvironmentLook {
  const label = environment.toUpperCase();
  if (isProduction) return { label, bar: "bg-prod", text: "text-prod" };
  if (environment === "dev") return { label, bar: "bg-dev", text: "text-dev" };
  return { label, bar: "bg-acc", text: "text-acc" };
}
