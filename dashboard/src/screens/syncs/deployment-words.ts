// How a deployment is. Pure.
import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type Deployment = AnswerOf<"listDeployments">["deployments"][number];

interface Said {
  readonly label: string;
  readonly tone: Tone;
  readonly said: string;
}

export function deploymentState({ is_newest, retired_at, replaced_by }: Deployment): Said {
  if (is_newest) return { label: "Newest", tone: "good", said: "New runs start here." };
  if (retired_at !== null)
    return { label: "Retired", tone: "gone", said: "Nothing is sent to it until it is synced again." };
  if (replaced_by !== null)
    return {
      label: "Replaced",
      tone: "gone",
      said: `${replaced_by} answers at its address now. Nothing is sent to it.`,
    };
  return { label: "In use", tone: "busy", said: "Runs that are kept on it go on here." };
}
