import type { RunField } from "@durable/protocol/wire";
import { isUuid } from "../domain/ids.ts";

/** What is told by name alone: read it again. By the kind of their changes. */
export const NOTICES = {
  schedules: "schedule",
  skips: "skip",
  limits: "limit",
  pauses: "pause",
  inputs: "input",
  deployments: "deployment",
  bulks: "bulk",
  views: "view",
  syncs: "sync",
} as const;
export type Notice = keyof typeof NOTICES;

/** A run as a run token shows it: a view, told whole whenever it is another. */
export interface Watched {
  readonly runId: string;
  readonly fields: readonly RunField[];
  /** The view that the client has, by its id. */
  readonly knows: string | null;
}

/** What a client of a stream wants to hear. */
export interface Topics {
  /** Every run of the workspace, as lists show it. */
  readonly runs: boolean;
  readonly counters: boolean;
  /** Every line that steps say. */
  readonly logs: boolean;
  readonly notices: ReadonlySet<Notice>;
  /** A run with its steps that are settled after this number. */
  readonly ofRun: ReadonlyMap<string, number>;
  /** The lines of a run after this one. */
  readonly logsOf: ReadonlyMap<string, string>;
  /** This and nothing else, for all its life. */
  readonly watched: Watched | null;
}

export function noTopics() {
  return {
    runs: false,
    counters: false,
    logs: false,
    notices: new Set<Notice>(),
    ofRun: new Map<string, number>(),
    logsOf: new Map<string, string>(),
    watched: null,
  };
}

const TOPICS_MAX = 100;
const AFTER = /^\d{1,18}$/;

/** `runs,run:{id},run:{id}@{seq},logs,logs:{id},logs:{id}@{line},counters,schedules,...`. A sentence when it is none of these. */
export function parseTopics(text: string): Topics | string {
  const names = text.split(",").map((name) => name.trim());
  if (names.length > TOPICS_MAX)
    return `has ${names.length} topics; at most ${TOPICS_MAX} are followed by one stream`;
  const topics = noTopics();
  for (const name of names) {
    const [kind, of] = split(name, ":");
    if (of === null) {
      if (name === "runs" || name === "counters" || name === "logs") topics[name] = true;
      else if (Object.hasOwn(NOTICES, name)) topics.notices.add(name as Notice);
      else
        return `${JSON.stringify(name.slice(0, 60))} is no topic; there are runs, run:{id}, logs, logs:{id}, counters, ${Object.keys(NOTICES).join(", ")}`;
      continue;
    }
    const [id, after] = split(of, "@");
    if ((kind !== "run" && kind !== "logs") || !isUuid(id) || (after !== null && !AFTER.test(after)))
      return `${JSON.stringify(name.slice(0, 60))} is no topic: run:{id} and logs:{id} take the id of a run, and after @ the number of a step or the id of a line`;
    if (kind === "run") topics.ofRun.set(id.toLowerCase(), Number(after ?? 0));
    else topics.logsOf.set(id.toLowerCase(), after ?? "0");
  }
  return topics;
}

function split(text: string, by: string): [string, string | null] {
  const at = text.indexOf(by);
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
