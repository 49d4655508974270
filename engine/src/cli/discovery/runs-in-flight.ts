// After a reload: the runs that go on with the new code, and which of them leave the recorded path.
import { nearNames } from "../../domain/near-names.ts";
import type { ApiClient } from "../../http/client.ts";
import type { AnswerOf } from "../../http/contract/table.ts";

type Run = AnswerOf<"getRun">;

export interface Departure {
  readonly run: string;
  readonly function: string;
  readonly text: string;
}

type Parts = {
  readonly api: Pick<ApiClient, "listRuns" | "getRun" | "stream">;
  readonly params: { readonly app: string; readonly env: string };
  /** What was told of a run before is of the code before. */
  readonly reloadedAt: Date;
  readonly tell: (departure: Departure) => void;
};

const WATCHED_MAX = 200;
const ALIVE = "status:queued,running,waiting,paused";

/**
 * Watches the runs that are under way now, the newest two hundred, until each has ended or left its path. The engine cannot
 * know what a step is called before the code says so: it is told when a run comes to it, and for one that sleeps that is then.
 * @returns How many there are, by function; and what ends the watch.
 */
export async function watchRunsInFlight(
  { api, params, reloadedAt, tell }: Parts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const { runs } = await api.listRuns({ params, query: { q: ALIVE, limit: WATCHED_MAX } });
  const watched = new Set(runs.map(({ id }) => id));
  const since = reloadedAt.toISOString();
  if (watched.size > 0) void watch().catch(() => {});
  return runs.reduce(
    (counts, run) => counts.set(run.function, (counts.get(run.function) ?? 0) + 1),
    new Map(),
  );

  async function watch(): Promise<void> {
    for await (const event of api.stream({ params, topics: ["runs"], signal })) {
      // What happened before the stream was open, or was left out of it, is read.
      if (event.event !== "patch") for (const id of watched) await look(id);
      else if (event.patch.id !== null && watched.has(event.patch.id)) await look(event.patch.id);
      if (watched.size === 0) return;
    }
  }

  async function look(id: string): Promise<void> {
    const run = await api.getRun({ params: { ...params, id } });
    const text = departureOf(run, since);
    if (text !== null) tell({ run: id, function: run.function, text });
    if (text !== null || run.ended_at !== null) watched.delete(id);
  }
}

/** Names of failures that say that code took another way than what is recorded. */
const PARTED: ReadonlySet<string> = new Set(["NondeterminismError", "StepNotFound"]);

/** In words, what to do with it; null while the run takes its recorded path. */
export function departureOf(run: Run, since: string): string | null {
  const detour = run.detours.find(({ at }) => at >= since);
  if (detour !== undefined) {
    const began = detour.began.name;
    const isNear = began !== null && nearNames(detour.name, [began]).length > 0;
    return (
      `the new code leaves out step "${detour.name}", which is recorded, and begins ${began === null ? "another" : `"${began}"`} instead. ` +
      `${isNear ? "If it was renamed: runs under way need its old name. " : ""}The run goes on, and "${detour.name}" is not asked for: durable runs show ${run.id}`
    );
  }
  if (run.status !== "paused" || run.failure === null || !PARTED.has(run.failure.name)) return null;
  return `${run.failure.message.replace(/^paused: /, "")} Mend the code, then: durable runs resume ${run.id}`;
}
