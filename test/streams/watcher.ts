import type { ApiClient } from "../../engine/src/http/client.ts";
import type { StreamPatch } from "../../engine/src/http/contract/streams.ts";
import type { AnswerOf } from "../../engine/src/http/contract/table.ts";

type RunListed = AnswerOf<"listRuns">["runs"][number];

export const WORKSPACE = { app: "storm", env: "dev" };

/** A client that keeps what it is told: runs as they are, and every line it has heard, in that order. */
export class Watcher {
  readonly topic: "runs" | "logs";
  readonly runs = new Map<string, { readonly rev: number; readonly run: RunListed }>();
  readonly lines: string[] = [];
  /** From what the commit calls now to when it was heard, milliseconds: of what was committed while this client was connected, */
  readonly latenciesMs: number[] = [];
  /** and of what it had missed while it was cut off. */
  readonly caughtUpMs: number[] = [];
  opened = 0;
  resets = 0;
  readonly #api: ApiClient;
  readonly #ending = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #openedAtMs = 0;

  constructor(api: ApiClient, topic: "runs" | "logs") {
    this.#api = api;
    this.topic = topic;
  }

  start(): void {
    this.#done = this.#listen();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#done;
  }

  async #listen(): Promise<void> {
    const { signal } = this.#ending;
    for await (const event of this.#api.stream({ params: WORKSPACE, topics: [this.topic], signal })) {
      if (event.event === "open") {
        this.opened += 1;
        this.#openedAtMs = Date.now();
      } else if (event.event === "patch") this.#hear(event.patch);
      else this.resets += 1;
    }
  }

  #hear({ kind, id, rev, patch }: StreamPatch): void {
    if (kind === "log") return void this.lines.push(id!);
    const before = this.runs.get(id!);
    if (before !== undefined && before.rev >= rev) return;
    const run = patch as unknown as RunListed;
    this.runs.set(id!, { rev, run });
    if (run.ended_at === null || before?.run.ended_at === run.ended_at) return;
    const endedAtMs = Date.parse(run.ended_at);
    const heard = endedAtMs < this.#openedAtMs ? this.caughtUpMs : this.latenciesMs;
    heard.push(Date.now() - endedAtMs);
  }
}
