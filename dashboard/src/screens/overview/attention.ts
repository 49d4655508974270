// What needs a person, as sentences with a link to where they can do something about it; what is worst comes first.
import type { AnswerOf } from "@durable/engine/api";
import type { Target } from "../../parts/target.tsx";
import type { Counters } from "../../shell/counters.ts";
import type { Targets } from "../../shell/targets.ts";
import type { Workspace } from "../../words/environment.ts";
import { countOf } from "../../words/number.ts";
import type { Tone } from "../../words/run-status.ts";
import { duration } from "../../words/time.ts";
import { pauseSaid } from "../../words/wait-pieces.ts";
import { quotedWhereNeeded } from "../runs/query-text.ts";

export interface Attention {
  readonly id: string;
  readonly tone: Tone;
  readonly said: string;
  /** Since when, or when it was seen; null where that says nothing. */
  readonly at: string | null;
  readonly target: Target;
  /** Of the link: what is there. */
  readonly leads: string;
}

type Alert = AnswerOf<"listAlerts">["alerts"][number];

/** What has been read so far. Each part is looked at by itself, so that one that is refused does not hide the others. */
export interface Seen {
  readonly alerts?: readonly Alert[] | undefined;
  readonly errors?: AnswerOf<"listErrors">["errors"] | undefined;
  readonly pauses?: AnswerOf<"listPauses">["pauses"] | undefined;
  readonly bulks?: AnswerOf<"listBulks">["bulks"] | undefined;
  /** Failures, the newest first. */
  readonly syncs?: AnswerOf<"listSyncs">["syncs"] | undefined;
  readonly missed?: AnswerOf<"listSkips">["skips"] | undefined;
  readonly backlog?: AnswerOf<"getMetrics">["backlog"] | undefined;
  readonly counters?: Counters | null;
  readonly workspace?: Workspace | undefined;
}

const DAY_MS = 86_400_000;
/** From then on a queue is not just busy. */
const OLD_MS = 60_000;

export function attentionOf(seen: Seen, targets: Targets, nowMs: number): readonly Attention[] {
  const alerts = seen.alerts ?? [];
  const told = (kind: Alert["kind"]) => alerts.some((alert) => alert.kind === kind);
  const isRecent = (at: string) => Date.parse(at) > nowMs - DAY_MS;
  const last = seen.backlog?.at(-1);
  const circuit = seen.workspace?.endpoint?.circuit;
  const paused = seen.counters?.runs["paused"] ?? 0;
  const asked = seen.counters?.open_inputs ?? 0;
  return [
    ...(circuit !== undefined && circuit.state !== "closed" && !told("circuit")
      ? [ofCircuit(circuit, targets)]
      : []),
    ...alerts.map((alert) => {
      // The group tells more than the alert of it.
      const error =
        alert.kind === "error"
          ? seen.errors?.find(({ fingerprint }) => fingerprint === alert.key)
          : undefined;
      return error === undefined ? ofAlert(alert, targets) : ofError(error, targets);
    }),
    ...(seen.errors ?? [])
      .filter(
        (error) =>
          isRecent(error.first_seen) &&
          !alerts.some(({ kind, key }) => kind === "error" && key === error.fingerprint),
      )
      .map((error) => ofError(error, targets)),
    ...(seen.syncs ?? [])
      .filter((sync) => sync.outcome === "failed" && sync.resolved_at === null)
      .slice(0, 1)
      .map((sync) =>
        item(
          `sync-${sync.id}`,
          "bad",
          `The last sync failed${sync.problem === null ? "." : `: ${sync.problem.detail}`}`,
          sync.seen_at,
          targets.sync(sync.id),
          "The sync",
        ),
      ),
    ...(seen.workspace?.endpoint === null
      ? [
          item(
            "never-synced",
            "bad",
            "The app was never synced, so none of its functions can run.",
            null,
            targets.syncs,
            "Syncs",
          ),
        ]
      : []),
    ...(last !== undefined && (last.oldest_queued_ms ?? 0) > OLD_MS && !told("backlog")
      ? [
          item(
            "backlog",
            "calm",
            `${countOf(last.queued, "run is", "runs are")} queued; the oldest has waited for ${duration(last.oldest_queued_ms!)}.`,
            null,
            targets.backlog,
            "Backlog",
          ),
        ]
      : []),
    ...(seen.missed ?? [])
      .filter(({ at }) => isRecent(at) && !told("missed"))
      .slice(0, 1)
      .map((skip) =>
        item(
          "missed",
          "bad",
          `Ticks of ${skip.function} were missed. ${skip.detail}`,
          skip.at,
          targets.schedules,
          "Schedules",
        ),
      ),
    ...(paused === 0
      ? []
      : [
          item(
            "paused-runs",
            "held",
            `${countOf(paused, "run is", "runs are")} paused, and ${paused === 1 ? "waits" : "wait"} for somebody.`,
            null,
            targets.runs("status:paused"),
            "Paused runs",
          ),
        ]),
    ...(seen.pauses ?? []).map((pause) =>
      item(
        `pause-${pause.id}`,
        "held",
        `${pauseSaid(pause).replace(/^./, (letter) => letter.toUpperCase())} is paused by ${pause.by}${
          pause.reason === null ? "" : `: ${pause.reason}`
        }.${pause.held === 0 ? "" : ` ${countOf(pause.held, "job is", "jobs are")} held.`}`,
        pause.since,
        targets.limits,
        "Limits",
      ),
    ),
    ...(seen.bulks ?? [])
      .filter(({ status }) => status === "held")
      .map((bulk) =>
        item(
          `bulk-${bulk.id}`,
          "held",
          `A bulk over ${countOf(bulk.items, "run")} has done its first ones, and waits for somebody to continue it.`,
          bulk.created_at,
          targets.bulk(bulk.id),
          "The bulk",
        ),
      ),
    ...(asked === 0
      ? []
      : [
          item(
            "asked",
            "calm",
            `${countOf(asked, "question waits", "questions wait")} for people.`,
            null,
            targets.inbox,
            "Inbox",
          ),
        ]),
  ];
}

function item(
  id: string,
  tone: Tone,
  said: string,
  at: string | null,
  target: Target,
  leads: string,
): Attention {
  return { id, tone, said, at, target, leads };
}

function ofCircuit(circuit: NonNullable<Workspace["endpoint"]>["circuit"], targets: Targets): Attention {
  const frozen =
    circuit.frozen_runs === 0
      ? ""
      : ` ${countOf(circuit.frozen_runs, "run waits", "runs wait")} for it, at no cost to ${circuit.frozen_runs === 1 ? "its" : "their"} attempts.`;
  return item(
    "circuit",
    circuit.state === "open" ? "bad" : "calm",
    circuit.state === "open"
      ? `The app does not answer${circuit.last_error === null ? "" : `: ${circuit.last_error}`}.${frozen}`
      : `The app is back, and is given a few requests at a time.${frozen}`,
    circuit.since,
    targets.fleet,
    "Fleet",
  );
}

function ofError(error: AnswerOf<"listErrors">["errors"][number], targets: Targets): Attention {
  const trouble =
    error.runs_in_trouble === 0
      ? ""
      : ` ${countOf(error.runs_in_trouble, "run needs", "runs need")} somebody.`;
  return item(
    `error-${error.fingerprint}`,
    "bad",
    `${error.name} is ${error.state_at === null ? "new" : "back"} in ${error.functions.join(", ")}: ${error.message.slice(0, 160)}.${trouble}`.replace(
      "..",
      ".",
    ),
    error.first_seen,
    targets.error(error.fingerprint),
    "The error",
  );
}

type Where = (alert: Alert, targets: Targets) => readonly [Target, string];

/** Where each kind of alert is looked into; a new kind does not compile until it leads somewhere. */
const WHERE: Readonly<Record<Alert["kind"], Where>> = {
  failed: ({ key }, { runs }) => [
    runs(`function:${quotedWhereNeeded(key)} status:failed after:24h`),
    "The failed runs",
  ],
  stuck: ({ key, facts }, { runs }) => [
    runs(`function:${quotedWhereNeeded(key)} status:${isPaused(facts) ? "paused" : "queued,waiting"}`),
    "The stuck runs",
  ],
  backlog: (_, { backlog }) => [backlog, "Backlog"],
  missed: (_, { schedules }) => [schedules, "Schedules"],
  circuit: (_, { fleet }) => [fleet, "Fleet"],
  error: ({ key }, { error }) => [error(key), "The error"],
  webhook: (_, { settings }) => [settings, "Settings"],
};

function isPaused(facts: unknown): boolean {
  return (facts as { why?: unknown } | null)?.why === "paused";
}

function ofAlert(alert: Alert, targets: Targets): Attention {
  const [target, leads] = WHERE[alert.kind](alert, targets);
  return item(`alert-${alert.id}`, "bad", alert.message, alert.fired_at, target, leads);
}
