// What is wrong: alerts, errors, the app itself.
import type { Target } from "../../here/target.ts";
import type { Targets } from "../../here/targets.ts";
import type { Workspace } from "../../words/environment.ts";
import { countOf } from "../../words/number.ts";
import { quotedWhereNeeded } from "../runs/query-text.ts";
import { type Alert, type Attention, type ErrorGroup, item, type Seen } from "./attention-item.ts";

/** The group of an error tells more than the alert of it. */
export function ofAlerts({ alerts = [], errors = [] }: Seen, targets: Targets): readonly Attention[] {
  return alerts.map((alert) => {
    const error =
      alert.kind === "error" ? errors.find(({ fingerprint }) => fingerprint === alert.key) : undefined;
    return error === undefined ? ofAlert(alert, targets) : ofError(error, targets);
  });
}

/** Those that nobody has been told of. */
export function ofNewErrors(
  { alerts = [], errors = [] }: Seen,
  targets: Targets,
  isRecent: (at: string) => boolean,
): readonly Attention[] {
  const told = new Set(alerts.flatMap(({ kind, key }) => (kind === "error" ? [key] : [])));
  return errors
    .filter((error) => isRecent(error.first_seen) && !told.has(error.fingerprint))
    .map((error) => ofError(error, targets));
}

export function ofApp({ workspace, alerts = [] }: Seen, targets: Targets): readonly Attention[] {
  if (workspace === undefined) return [];
  if (workspace.endpoint === null) {
    const said = "The app was never synced, so none of its functions can run.";
    return [item("never-synced", "bad", said, null, targets.syncs, "Syncs")];
  }
  const { circuit } = workspace.endpoint;
  const isTold = alerts.some(({ kind }) => kind === "circuit");
  return circuit.state === "closed" || isTold
    ? []
    : [
        item(
          "circuit",
          circuit.state === "open" ? "bad" : "calm",
          circuitSaid(circuit),
          circuit.since,
          targets.fleet,
          "Fleet",
        ),
      ];
}

function circuitSaid(circuit: NonNullable<Workspace["endpoint"]>["circuit"]): string {
  const { state, last_error: error, frozen_runs: frozen } = circuit;
  const waits =
    frozen === 0
      ? ""
      : ` ${countOf(frozen, "run waits", "runs wait")} for it, at no cost to ${frozen === 1 ? "its" : "their"} attempts.`;
  if (state !== "open") return `The app is back, and is given a few requests at a time.${waits}`;
  return `The app does not answer${error === null ? "" : `: ${error}`}.${waits}`;
}

export function ofSyncs({ syncs = [] }: Seen, targets: Targets): readonly Attention[] {
  return syncs
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
    );
}

function ofError(error: ErrorGroup, targets: Targets): Attention {
  const { fingerprint, name, message, functions, runs_in_trouble: troubled } = error;
  const trouble = troubled === 0 ? "" : ` ${countOf(troubled, "run needs", "runs need")} somebody.`;
  const news = error.state_at === null ? "new" : "back";
  return item(
    `error-${fingerprint}`,
    "bad",
    `${name} is ${news} in ${functions.join(", ")}: ${message.slice(0, 160)}.${trouble}`.replace("..", "."),
    error.first_seen,
    targets.error(fingerprint),
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
  more: (_, { settings }) => [settings, "All alerts"],
};

function isPaused(facts: unknown): boolean {
  return (facts as { why?: unknown } | null)?.why === "paused";
}

function ofAlert(alert: Alert, targets: Targets): Attention {
  const [target, leads] = WHERE[alert.kind](alert, targets);
  return item(`alert-${alert.id}`, "bad", alert.message, alert.fired_at, target, leads);
}
