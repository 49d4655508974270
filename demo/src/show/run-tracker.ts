import type { ApiClient } from "../../../engine/src/http/client.ts";
import type { AnswerOf } from "../../../engine/src/http/contract/table.ts";

export type Run = AnswerOf<"getRun">;

const WORKSPACE = { app: "demo", env: "dev" } as const;
const LOOK_EVERY_MS = 150;
/** Runs that others start are noticed this often; those we know are looked at every time. */
const LIST_EVERY_LOOKS = 4;
const LISTED_MAX = 20;
const FINAL = new Set(["completed", "failed", "cancelled"]);

/**
 * Every run of the demo that lives, also one of an earlier start or one that somebody sends from another terminal,
 * and those that ended while we looked. Reads the engine's public API and nothing else.
 */
export class RunTracker {
  readonly runs = new Map<string, Run>();
  readonly #api: Pick<ApiClient, "listRuns" | "getRun">;
  readonly #since: number = Date.now();
  #looks = 0;

  constructor(api: Pick<ApiClient, "listRuns" | "getRun">) {
    this.#api = api;
  }

  /** Looks until told otherwise. While no engine answers, or it dies within an answer, what is known stays as it is. */
  async watch(signal: AbortSignal, changed: () => void): Promise<void> {
    while (!signal.aborted) {
      await this.look().catch(() => {});
      if (!signal.aborted) changed();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async look(): Promise<void> {
    if (this.#looks++ % LIST_EVERY_LOOKS === 0) await this.#findNew();
    const living = [...this.runs.values()].filter(({ status }) => !FINAL.has(status));
    await Promise.all(living.map(({ id }) => this.follow(id)));
  }

  async follow(id: string): Promise<void> {
    this.runs.set(id, await this.#api.getRun({ params: { ...WORKSPACE, id } }));
  }

  async #findNew(): Promise<void> {
    const { runs } = await this.#api.listRuns({ params: WORKSPACE, query: { limit: LISTED_MAX } });
    const unknown = runs.filter(
      ({ id, status, created_at }) =>
        !this.runs.has(id) && (!FINAL.has(status) || Date.parse(created_at) >= this.#since),
    );
    // Oldest first: that is the order in which they are shown.
    for (const { id } of unknown.reverse()) await this.follow(id);
  }
}

/** What open approvals wait for: the data that an `approval.received` must carry. */
export function openApprovals(run: Run): Record<string, unknown>[] {
  return run.steps.flatMap(({ status, wait }) =>
    status === "pending" && wait?.events[0]?.event === "approval.received"
      ? [wait.events[0].match as Record<string, unknown>]
      : [],
  );
}
