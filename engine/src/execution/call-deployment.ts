// A call of the deployment that a run is kept on. That one is not the route that the circuit watches: when it is gone,
// the newest answers as before, and only the runs that are kept wait.

import type { Answer } from "@durable/protocol/wire";
import type { AppClient } from "../endpoint/app-client.ts";
import type { DispatchResult } from "../endpoint/dispatch-result.ts";
import { patienceWith } from "../endpoint/patience.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Clock } from "../runtime/ports.ts";
import type { Held } from "./held-run.ts";
import type { NextRequest } from "./next-request.ts";
import { type PulseParts, pulseOf } from "./pulse.ts";

interface OlderParts extends PulseParts {
  readonly appClient: AppClient;
}

/** What is no deployment any more answers so: the platform knows its address, and nothing is behind it. */
const GONE_STATUSES: ReadonlySet<number> = new Set([404, 410]);

/** Ends as any call does, and with the reason `deployment` when it did not take the request because it is gone. */
export async function callOlder(
  parts: OlderParts,
  held: Held,
  workspace: WorkspaceEntry,
  signed: NonNullable<NextRequest["signed"]>,
): Promise<DispatchResult> {
  const { appClient, clock } = parts;
  const { url, deployment, replacedBy, isRetired, maxDurationMs } = workspace.endpoint!;
  const name = JSON.stringify(deployment);
  if (isRetired) return gone(clock, held, `deployment ${name} is retired.`);
  if (replacedBy !== null) {
    return gone(
      clock,
      held,
      `at ${url}, where deployment ${name} was, another one answers now (${replacedBy}).`,
    );
  }
  const patience = patienceWith(maxDurationMs, pulseOf(parts, held));
  const end = await appClient.call(workspace.endpoint!, signed, workspace.replyKeys, patience, held.line);
  const isGone =
    (end.kind === "never-arrived" && end.reason !== "hung-up" && end.reason !== "shutdown") ||
    (end.kind === "refused" && GONE_STATUSES.has(end.status));
  return isGone ? gone(clock, held, `deployment ${name} at ${url} does not answer: ${end.detail}`) : end;
}

/** The answer of another deployment than the only one that may run it: it has run nothing. Null for any other answer. */
export function answeredElsewhere(
  clock: Clock,
  held: Held,
  { workspace, deployment }: NextRequest,
  answer: Answer,
): Gone | null {
  if (deployment === null || answer.status !== "abandoned" || answer.deployment === deployment) return null;
  const other = answer.deployment === undefined ? "one without a name" : JSON.stringify(answer.deployment);
  const { url } = workspace.endpoint!;
  return gone(
    clock,
    held,
    `at ${url}, where deployment ${JSON.stringify(deployment)} was, ${other} answers.`,
  );
}

type Gone = Extract<DispatchResult, { kind: "never-arrived" }>;

function gone(clock: Clock, { head }: Held, what: string): Gone {
  const detail =
    `The run is kept on its deployment, and ${what} Its steps are kept. Bring that deployment back, ` +
    `or move the run: durable runs move ${head.runId} --to latest.`;
  return { kind: "never-arrived", reason: "deployment", detail, receivedMs: clock.monotonicMs() };
}
