// Is this workspace's endpoint there, and how much does it bear? What this process knows of the circuits, for the way
// of every dispatch: asked before each, told of each end. The rows in the database are the truth; this copy is at most
// one poll old.
//
//   healthy --a dispatch failed, and the route did not answer either--> open --a probe answered, a sync--> limited
//      ^                                                                  ^---the route is gone again---------|
//      |----------------- enough succeeded, or nobody waits -------------------------------------------------'
//   healthy --429, 503 with retry-after--> limited
//
// Nothing opens a circuit but the route itself, asked by a signed `inspect`: one run that kills its app, however often,
// is the business of that run.

import type { Logger } from "pino";
import { DispatchLimit } from "../domain/dispatch-limit.ts";
import type { AppClient } from "../endpoint/app-client.ts";
import type { DispatchResult } from "../endpoint/dispatch-result.ts";
import { askRoute } from "../endpoint/inspect-app.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import { type Circuit, closeCircuit, limitCircuit, openCircuit } from "../store/circuits.ts";
import type { Database } from "../store/database.ts";

export interface EndpointHealthOptions extends Ports {
  readonly database: Database;
  readonly appClient: Pick<AppClient, "call">;
  readonly log: Logger;
  /** Executions at once in this process: a limit beyond it is none. */
  readonly slots: number;
  /** A circuit changed here: there is something to probe, or to dispatch. */
  readonly changed: () => void;
}

interface State {
  circuit: Circuit["state"] | null;
  inFlight: number;
  limit: DispatchLimit;
  /** Monotonic. Nothing is sent before it while limited. */
  notBeforeMs: number;
  limitedAtMs: number;
  /** When the last answer came, and when the dispatch had left that it was for. */
  answeredMs: number;
  answeredSentMs: number;
  asking: Promise<string | null> | null;
}

/** Pauses before the route is asked a first, a second and a third time. A restart that is quicker freezes nobody. */
const ASK_AFTER_MS = [0, 250, 500];
export const PROBE_MS_MIN = 1_000;
const PUSH_BACK_MS_DEFAULT = 1_000;
/** A busy app may ask for a day; a probe finds out sooner whether it still means it. */
const PUSH_BACK_MS_MAX = 30_000;
/** How long a limit stands at least: the jobs it shall hold back are parked by the next claims. */
const LIMITED_MS_MIN = 1_000;

export class EndpointHealth {
  readonly #options: EndpointHealthOptions;
  readonly #states = new Map<number, State>();
  #isLeaving = false;

  constructor(options: EndpointHealthOptions) {
    this.#options = options;
  }

  /** What is given up now says nothing of the apps, and nobody has the time to ask. */
  leave(): void {
    this.#isLeaving = true;
  }

  isOpen(workspaceId: number): boolean {
    return this.#states.get(workspaceId)?.circuit === "open";
  }

  /** Whether jobs of this workspace go another way than through `ready`. */
  isHeldBack(workspaceId: number): boolean {
    const circuit = this.#states.get(workspaceId)?.circuit;
    return circuit === "open" || circuit === "limited";
  }

  /** More is under way than it bears: who could let go should. */
  isOverLimit(workspaceId: number): boolean {
    const state = this.#states.get(workspaceId);
    return state?.circuit === "limited" && state.inFlight > state.limit.count;
  }

  /** Limited workspaces and how many of their parked jobs may be taken, beside those that `held` counts. */
  admissions(held: (workspaceId: number) => number): { workspaceId: number; count: number }[] {
    const nowMs = this.#options.clock.monotonicMs();
    return [...this.#states].flatMap(([workspaceId, state]) => {
      const isDue = state.circuit === "limited" && nowMs >= state.notBeforeMs;
      const count = isDue ? state.limit.count - held(workspaceId) : 0;
      return count > 0 ? [{ workspaceId, count }] : [];
    });
  }

  /** Fewer were parked than may run: nobody is held back any more. */
  async nobodyWaits(workspaceId: number): Promise<void> {
    const state = this.#states.get(workspaceId);
    if (state?.circuit !== "limited") return;
    if (this.#options.clock.monotonicMs() - state.limitedAtMs >= LIMITED_MS_MIN) {
      await this.#close(workspaceId, state);
    }
  }

  began(workspaceId: number): void {
    this.#of(workspaceId).inFlight += 1;
  }

  answered(workspaceId: number, sentMs: number): void {
    const state = this.#of(workspaceId);
    state.inFlight -= 1;
    state.answeredMs = this.#options.clock.monotonicMs();
    state.answeredSentMs = Math.max(state.answeredSentMs, sentMs);
    if (state.circuit !== "limited") return;
    state.limit.succeeded();
    if (state.limit.count >= this.#options.slots) void this.#close(workspaceId, state);
  }

  /** Resolves when it is known whether the route is down; answers that. */
  async unanswered(
    workspace: WorkspaceEntry,
    end: Exclude<DispatchResult, { kind: "answer" }>,
  ): Promise<boolean> {
    const { workspaceId, endpoint } = workspace;
    const state = this.#of(workspaceId);
    state.inFlight -= 1;
    if (state.circuit === "open") return true;
    if (this.#isLeaving || (end.kind !== "refused" && end.reason === "hung-up")) return false;
    if (endpoint !== null && isPushBack(end)) {
      await this.#pushedBack(workspace, state, end);
      return false;
    }
    // All whose dispatches fail meanwhile wait for the same answer.
    state.asking ??= this.#ask(workspace, state, end.detail).finally(() => {
      state.asking = null;
    });
    // That its attempt is over is known, and a route that hangs takes its time to show it.
    if (end.kind === "broken" && end.reason === "silent") return false;
    return (await state.asking) !== null;
  }

  /** Takes over what is stored; answers whether something is different. */
  apply(circuits: readonly Circuit[]): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const stored = new Map(circuits.map((circuit) => [circuit.workspaceId, circuit]));
    let isChanged = false;
    for (const [workspaceId, state] of this.#states) {
      if (stored.has(workspaceId)) continue;
      isChanged ||= state.circuit !== null;
      state.circuit = null;
      if (state.inFlight === 0 && state.asking === null) this.#states.delete(workspaceId);
    }
    for (const circuit of stored.values()) {
      const state = this.#of(circuit.workspaceId);
      isChanged ||= state.circuit !== circuit.state;
      if (circuit.state === "limited" && state.circuit !== "limited") {
        state.limit = DispatchLimit.afterOutage();
        state.limitedAtMs = nowMs;
      }
      state.circuit = circuit.state;
      state.notBeforeMs = nowMs + circuit.pauseMs;
    }
    return isChanged;
  }

  /** Null when the route answers. Otherwise what is wrong with it, and its circuit is open. */
  async #ask(workspace: WorkspaceEntry, state: State, detail: string): Promise<string | null> {
    const { clock, database, log } = this.#options;
    const { workspaceId, app, environment } = workspace;
    const beganMs = clock.monotonicMs();
    let flaw = workspace.endpoint === null ? detail : "";
    if (workspace.endpoint !== null) {
      for (const pauseMs of ASK_AFTER_MS) {
        if (pauseMs > 0) await this.#pause(pauseMs);
        const asked = await askRoute(this.#options, { ...workspace, endpoint: workspace.endpoint });
        if (asked === null || state.answeredSentMs > beganMs) return null;
        flaw = asked.detail;
        // It took its time to say so: asking again would only keep the others waiting.
        if (asked.isSilent) break;
      }
    }
    try {
      await openCircuit(database, workspaceId, flaw, PROBE_MS_MIN);
    } catch (error) {
      log.warn({ err: error, workspaceId }, "an endpoint is down, and that could not be written down");
      return null;
    }
    state.circuit = "open";
    log.warn({ app, environment, reason: flaw }, "an endpoint does not answer; its runs are frozen");
    this.#options.changed();
    return flaw;
  }

  async #pushedBack(
    { workspaceId, app, environment }: WorkspaceEntry,
    state: State,
    end: PushBack,
  ): Promise<void> {
    const { clock, database, log } = this.#options;
    // Those that were sent before the last one belong to the same wave.
    if (state.circuit === "limited" && end.sentMs < state.limitedAtMs) return;
    const nowMs = clock.monotonicMs();
    // While it answers others, fewer at once are enough; when it answers nobody, all of them wait.
    const sinceMs = state.circuit === "limited" ? state.limitedAtMs : nowMs - PUSH_BACK_MS_DEFAULT;
    const retryAfterMs = Math.min(end.retryAfterMs ?? PUSH_BACK_MS_DEFAULT, PUSH_BACK_MS_MAX);
    const pauseMs = state.answeredMs > sinceMs ? 0 : retryAfterMs;
    const inFlight = state.inFlight + 1;
    if (state.circuit === "limited") state.limit.pushedBack(inFlight);
    else state.limit = DispatchLimit.afterPushBack(inFlight);
    Object.assign(state, { circuit: "limited", limitedAtMs: nowMs, notBeforeMs: nowMs + pauseMs });
    log.info({ app, environment, limit: state.limit.count, pauseMs }, "an endpoint is busy; it is sent less");
    await limitCircuit(database, workspaceId, end.detail, pauseMs, PROBE_MS_MIN).catch((error: unknown) =>
      log.warn({ err: error, workspaceId }, "that an endpoint is busy could not be written down"),
    );
    this.#options.changed();
  }

  async #close(workspaceId: number, state: State): Promise<void> {
    const { database, log } = this.#options;
    state.circuit = "closing";
    try {
      await closeCircuit(database, workspaceId);
    } catch (error) {
      // It is read again as limited, and closed by the next success.
      log.warn({ err: error, workspaceId }, "a circuit could not be closed; it is tried again");
    }
    this.#options.changed();
  }

  #of(workspaceId: number): State {
    let state = this.#states.get(workspaceId);
    if (state === undefined) {
      state = {
        circuit: null,
        inFlight: 0,
        limit: DispatchLimit.afterOutage(),
        notBeforeMs: 0,
        limitedAtMs: 0,
        answeredMs: Number.NEGATIVE_INFINITY,
        answeredSentMs: Number.NEGATIVE_INFINITY,
        asking: null,
      };
      this.#states.set(workspaceId, state);
    }
    return state;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#options.timers.after(ms, resolve));
  }
}

type PushBack = Extract<DispatchResult, { kind: "refused" }>;

/** The app is there and says that it has too much to do. */
function isPushBack(end: Exclude<DispatchResult, { kind: "answer" }>): end is PushBack {
  return end.kind === "refused" && (end.status === 429 || end.status === 503);
}
