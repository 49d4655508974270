// A checkpoint: what a dispatch has done so far, committed while its handler goes on. Any engine process takes it: all
// it needs to know is in the database, and the holder of the lease finds what was committed when its answer comes.

import { createHash } from "node:crypto";
import type { CheckpointRequest } from "@durable/protocol/wire";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import { fenceAfter, isFence } from "../domain/checkpoint-fence.ts";
import type { Outcome } from "../domain/outcome.ts";
import { newId } from "../ingest/event-row.ts";
import type { WorkspaceRegistry } from "../registry/workspace-registry.ts";
import { Group } from "../runtime/group.ts";
import type { Ports } from "../runtime/ports.ts";
import { type CheckpointState, type CheckpointSubject, loadCheckpointStates } from "../store/checkpoints.ts";
import type { Database } from "../store/database.ts";
import { bodyMs, settledSince } from "./checkpoint-answer.ts";
import { type CommitParts, commitUntilMatched } from "./commit-matched.ts";
import { decideOps } from "./decide-op.ts";
import type { CommittedRun } from "./held-run.ts";
import { knowingTargets, type TargetParts } from "./known-targets.ts";
import { Memo } from "./memo.ts";
import { OutcomeDraft } from "./outcome-draft.ts";

export interface CheckpointParts extends Pick<Ports, "clock" | "random">, TargetParts {
  readonly database: Database;
  readonly registry: WorkspaceRegistry;
  readonly committer: CommitParts["committer"];
  /** Whether the lease should go back although the run could go on; null when this process does not hold it. */
  wantsBack(runId: string): boolean | null;
  committed(run: CommittedRun, outcome: Outcome): void;
}

export type CheckpointEnd =
  | {
      readonly state: "taken";
      readonly known: number;
      /** JSON text of the entries that settled meanwhile. */
      readonly memo: string;
      readonly wantsBack: boolean;
    }
  | { readonly state: "unknown-run" }
  | { readonly state: "run-ended" }
  /** The lease has another fence: this dispatch is over. */
  | { readonly state: "stale-fence" }
  /** The number is not the next one, or was used for another body. */
  | { readonly state: "out-of-order"; readonly last: number }
  /** Its ops cannot be stored. The answer says the same again, and what it causes is decided there. */
  | { readonly state: "refused"; readonly why: string };

/** A read in bytes of its statement: each step's id and number. */
const READS = {
  items: 64,
  bytes: 256 * 1024,
  bytesOf: ({ stepIds }: CheckpointSubject) => 80 + 50 * stepIds.length,
};

export class Checkpoints {
  readonly #parts: CheckpointParts;
  /** What is read for those that arrived meanwhile is read at once, as their commits are made at once. */
  readonly #states: Group<CheckpointSubject, CheckpointState | null>;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
    this.#states = new Group((subjects) => loadCheckpointStates(parts.database, subjects), READS);
  }

  /** Takes one in. Repeating it is harmless: the same body gets the same answer. */
  async take(
    workspaceId: number,
    runId: string,
    request: CheckpointRequest,
    body: Uint8Array,
  ): Promise<CheckpointEnd> {
    const stepIds = (request.ops ?? []).map((op) => op.id);
    const state = await this.#states.add({ workspaceId, runId, stepIds });
    if (state === null) return { state: "unknown-run" };
    if (state.fence === null) return { state: "run-ended" };
    if (!isFence(request.fence)) return { state: "stale-fence" };
    const sha256 = createHash("sha256").update(body).digest("hex");
    const { last } = state;
    const lastSeq = last?.fence === request.fence ? last.seq : 0;
    if (state.fence !== fenceAfter(request.fence, lastSeq)) return { state: "stale-fence" };
    if (last !== null && request.seq === lastSeq) {
      if (last.sha256 !== sha256) return { state: "out-of-order", last: lastSeq };
      return this.#answer(workspaceId, runId, request, last.journalSeq, state);
    }
    if (request.seq !== lastSeq + 1) return { state: "out-of-order", last: lastSeq };
    return this.#commit(workspaceId, runId, request, state, { body, sha256 });
  }

  async #commit(
    workspaceId: number,
    runId: string,
    request: CheckpointRequest,
    state: CheckpointState,
    { body, sha256 }: { readonly body: Uint8Array; readonly sha256: string },
  ): Promise<CheckpointEnd> {
    const { registry, random, clock } = this.#parts;
    const own = await registry.of(workspaceId);
    const { workspace, others } = await knowingTargets(this.#parts, own, request.ops ?? []);
    const draft = new OutcomeDraft();
    const situation = {
      memo: Memo.of(state.entries),
      state: null,
      retry: workspace.functions.get(state.functionId)?.retry ?? DEFAULT_RETRY,
      runAttempt: 0,
      transportAttempt: 0,
      random: () => random.float(),
      newEventId: () => newId(this.#parts),
      app: workspace.app,
      environment: workspace.environment,
      functions: workspace.functions,
      others,
      depth: state.depth,
    };
    const refused = decideOps(situation, request.ops ?? [], draft);
    if (refused !== null) return { state: "refused", why: refused.result ?? "" };
    if (draft.pausedBy !== null) return { state: "refused", why: draft.pausedBy.message };
    const { fence, seq } = request;
    draft.effects.push({
      kind: "checkpoint",
      stepId: null,
      data: JSON.stringify({ fence, seq, sha256 }),
    });
    const decided = draft.progress("continue");
    const nowS = clock.epochMs() / 1000;
    const item = {
      workspaceId,
      runId,
      fence: fenceAfter(fence, seq - 1),
      nextFence: fenceAfter(fence, seq),
      knownSeq: request.known,
      mayHavePending: true,
      areStepsNew: false,
      outcome: decided,
      times: {
        scheduled: null,
        leased: null,
        sent: null,
        firstByte: null,
        received: nowS,
        appMs: bodyMs(request),
      },
    };
    const { end, outcome } = await commitUntilMatched(this.#parts, workspace, item, state.traceparent);
    if (end.state === "poison") return { state: "refused", why: end.detail };
    if (end.state === "lost" || end.state === "paused") return { state: "stale-fence" };
    // This one, whose answer got lost on the way from the database, or another one of its number: its hash will tell.
    if (end.state === "already") return this.take(workspaceId, runId, request, body);
    this.#parts.committed(
      { workspaceId, head: { runId, depth: state.depth }, memo: situation.memo, state: null },
      outcome,
    );
    const pausing = { ...state, isPausing: state.isPausing || end.state === "wanted" };
    return this.#answer(workspaceId, runId, request, end.journalSeq, pausing, outcome);
  }

  async #answer(
    workspaceId: number,
    runId: string,
    request: CheckpointRequest,
    known: number,
    { isDraining, isPausing }: CheckpointState,
    outcome: Outcome | null = null,
  ): Promise<CheckpointEnd> {
    const { database, wantsBack } = this.#parts;
    return {
      state: "taken",
      known,
      memo: await settledSince(database, { workspaceId, runId }, request, known, outcome),
      wantsBack: isPausing || (wantsBack(runId) ?? isDraining),
    };
  }
}
