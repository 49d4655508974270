import { RawJson } from "@durable/protocol/wire";
import type { Change } from "../store/changes.ts";
import { type LogLineStored, listLogLines, listLogs } from "../store/logs.ts";
import type { FeedOptions } from "./feed-options.ts";
import { writePatch } from "./message.ts";
import type { StreamClient } from "./stream-client.ts";

const PER_PAGE = 1_000;
/** Of one run, told at once. Who wants more reads pages, and follows from the last line. */
const PAGES_MAX = 5;

/** `logs` and `logs:{id}`: what steps say. */
export class LogsTopic {
  readonly #options: FeedOptions;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** What a run has said since the line that the client knows. */
  async show(client: StreamClient, runId: string): Promise<void> {
    const { database, workspace } = this.#options;
    for (let page = 1; ; page += 1) {
      const filter = { after: client.linesTo(runId), levels: null, step: null, limit: PER_PAGE };
      const lines = await listLogs(database, workspace.id, runId, filter);
      for (const line of lines) client.tellLine(runId, line.id, writeLine(line));
      if (lines.length < PER_PAGE) return;
      if (page === PAGES_MAX) return client.outbox.reset("long", `logs:${runId}`);
    }
  }

  async tell(clients: readonly StreamClient[], changes: readonly Change[]): Promise<void> {
    const isFollowed = (runId: string) =>
      clients.some(({ topics }) => topics.logs || topics.logsOf.has(runId));
    const said = changes.flatMap(({ kind, runId, subject }) => {
      if (kind !== "run.logs" || !isFollowed(runId!)) return [];
      const [first, last] = subject!.split("-") as [string, string];
      return [{ runId: runId!, first, last }];
    });
    if (said.length === 0) return;
    const { database, workspace } = this.#options;
    for (const line of await listLogLines(database, workspace.id, said)) {
      const text = writeLine(line);
      for (const client of clients) client.tellLine(line.run, line.id, text);
    }
  }
}

/** A line never changes: one is as young as the other. */
function writeLine(line: LogLineStored): string {
  const data = line.data === null ? null : new RawJson(line.data);
  return writePatch({
    topic: `logs:${line.run}`,
    kind: "log",
    id: line.id,
    rev: 0,
    patch: { ...line, data },
  });
}
