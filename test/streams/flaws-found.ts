import type { TestDatabase } from "../support/test-server.ts";
import { waitFor } from "../support/wait.ts";
import type { Watcher } from "./watcher.ts";

interface Ended {
  readonly id: string;
  readonly status: string;
  readonly ended_at: string;
}

/** Waits until every watcher has heard as much as the database has, then holds each against it: nothing missed, no line doubled. */
export async function flawsOf({ sql }: TestDatabase, watchers: readonly Watcher[]): Promise<string[]> {
  const runs = await sql<Ended[]>`select id, status, durable.rfc3339(ended_at) as ended_at from durable.runs`;
  const lines = (await sql<{ id: string }[]>`select id::text from durable.logs`).map(({ id }) => id);
  const isDone = (watcher: Watcher) =>
    watcher.topic === "logs"
      ? watcher.lines.length >= lines.length
      : runs.every(({ id, ended_at }) => watcher.runs.get(id)?.run.ended_at === ended_at);
  await waitFor("every client to hear all", () => watchers.every(isDone), { timeoutMs: 20_000 }).catch(
    () => {},
  );
  return watchers.flatMap((watcher, no) => {
    if (watcher.topic === "logs") {
      const heard = new Set(watcher.lines);
      const missed = lines.filter((id) => !heard.has(id));
      const doubled = watcher.lines.length - heard.size;
      return missed.length + doubled === 0
        ? []
        : [
            `client ${no} missed ${missed.length} lines of ${lines.length} (${missed.slice(0, 3)}), heard ${doubled} twice`,
          ];
    }
    const wrong = runs.filter(({ id, status, ended_at }) => {
      const told = watcher.runs.get(id)?.run;
      return told?.status !== status || told.ended_at !== ended_at;
    });
    return wrong.map(
      ({ id, status }) =>
        `client ${no} has run ${id} as ${watcher.runs.get(id)?.run.status ?? "unknown"}, it is ${status}`,
    );
  });
}
