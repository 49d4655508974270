import type { AnswerOf } from "@durable/engine/api";
import type { Target } from "../../here/target.ts";
import type { Targets } from "../../here/targets.ts";

type Alert = AnswerOf<"listAlerts">["alerts"][number];

/** Where to look at what an alert is about. */
export function targetOf({ kind, key }: Pick<Alert, "kind" | "key">, targets: Targets): Target {
  return OF[kind](key, targets);
}

const OF: Readonly<Record<Alert["kind"], (key: string, targets: Targets) => Target>> = {
  failed: (key, targets) => targets.runs(`status:failed function:${key}`),
  stuck: (key, targets) => targets.runs(`status:paused,waiting function:${key}`),
  backlog: (_, targets) => targets.backlog,
  missed: (_, targets) => targets.schedules,
  circuit: (_, targets) => targets.fleet,
  error: (key, targets) => targets.error(key),
  webhook: (_, targets) => ({ ...targets.settings, search: { section: "webhooks" } }),
  more: (_, targets) => ({ ...targets.settings, search: { section: "alerts" } }),
};
