import { readEvents } from "@durable/engine/server-sent-events";
import { problemOf } from "../api/problem.ts";
import type { LineState, News, Patch, WorkspaceKey } from "./messages.ts";
import { Patches } from "./patches-told.ts";
import { unionOf } from "./topics.ts";

/** The engine beats every 15 s: after this the line is dead. */
const SILENCE_MS_MAX = 45_000;
const RETRY_MS = { first: 250, most: 5_000 };
/** Screens open and close topics in bursts. */
const SETTLE_MS = 30;

/**
 * One stream of one workspace for everybody who listens. It opens with the first topic and closes with the last, is told of others without
 * being opened anew, and comes back after a break where it stopped. By `fetch` and not by `EventSource`: that hides the beats, by
 * which a dead line is known, and the status of a refusal.
 */
export class Line {
  readonly #workspace: WorkspaceKey;
  readonly #tell: (news: News) => void;
  readonly #wishes = new Map<unknown, readonly string[]>();
  readonly #patches: Patches;
  #stream: AbortController | null = null;
  #sid: string | null = null;
  /** What the engine was last told to tell. */
  #told = "";
  #lastId: string | null = null;
  #retryMs = RETRY_MS.first;
  #awaySinceMs: number | null = Date.now();
  #refusal: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(workspace: WorkspaceKey, tell: (news: News) => void) {
    this.#workspace = workspace;
    this.#tell = tell;
    this.#patches = new Patches((patches) => tell({ kind: "patches", workspace, patches }));
  }

  /** What one listener wants to hear, all of it; nothing when it has left. */
  wish(listener: unknown, topics: readonly string[]): void {
    if (topics.length === 0) this.#wishes.delete(listener);
    else this.#wishes.set(listener, topics);
    this.#sayState();
    this.#settleIn(SETTLE_MS);
  }

  #settleIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#settle();
    }, ms);
  }

  #settle(): void {
    const wanted = unionOf(this.#wishes.values()).join();
    if (wanted === "") this.#hangUp();
    else if (this.#stream === null) void this.#open(wanted);
    else if (this.#sid !== null && wanted !== this.#told) void this.#change(this.#sid, wanted);
  }

  async #open(topics: string): Promise<void> {
    const stream = new AbortController();
    this.#stream = stream;
    this.#told = topics;
    await this.#read(topics, stream).catch(() => null);
    if (this.#stream !== stream) return;
    this.#hangUp();
    this.#awaySinceMs ??= Date.now();
    this.#sayState();
    this.#settleIn(this.#retryMs * (0.5 + Math.random()));
    this.#retryMs = Math.min(RETRY_MS.most, this.#retryMs * 2);
  }

  /** Until it ends or breaks. */
  async #read(topics: string, stream: AbortController): Promise<void> {
    let silence: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => stream.abort(), SILENCE_MS_MAX);
    };
    alive();
    try {
      const answer = await fetch(`/v1/apps/${this.#workspace}/stream?${new URLSearchParams({ topics })}`, {
        headers: this.#lastId === null ? {} : { "last-event-id": this.#lastId },
        cache: "no-store",
        signal: stream.signal,
      });
      this.#refusal = await refusalOf(answer);
      if (this.#refusal !== null || answer.body === null) return;
      for await (const { event, data, id } of readEvents(piecesOf(answer.body, alive))) {
        if (id !== null) this.#lastId = id;
        if (data !== null) this.#heard(event, JSON.parse(data));
      }
    } finally {
      clearTimeout(silence);
    }
  }

  #heard(event: string, said: unknown): void {
    const workspace = this.#workspace;
    if (event === "open") this.#opened((said as { sid: string }).sid);
    else if (event === "reset") {
      this.#patches.tellNow();
      this.#tell({ kind: "reset", workspace, topic: (said as { topic?: string }).topic ?? null });
    } else this.#patches.add(said as Patch);
  }

  #opened(sid: string): void {
    this.#sid = sid;
    this.#retryMs = RETRY_MS.first;
    this.#awaySinceMs = null;
    this.#sayState();
    this.#settle();
  }

  async #change(sid: string, topics: string): Promise<void> {
    this.#told = topics;
    const answer = await fetch(`/v1/apps/${this.#workspace}/stream/${sid}/topics`, {
      method: "PUT",
      headers: { "content-type": "application/json", "durable-page": "1" },
      body: JSON.stringify({ topics }),
    }).catch(() => null);
    if (answer?.ok || this.#sid !== sid) return;
    // Another engine process answered, or the stream has ended: a new one is told all topics.
    this.#hangUp();
    this.#settle();
  }

  #hangUp(): void {
    this.#stream?.abort();
    this.#stream = null;
    this.#sid = null;
  }

  #state(): LineState {
    if (this.#refusal !== null) return { is: "refused", detail: this.#refusal };
    const sinceMs = this.#awaySinceMs;
    return sinceMs === null ? { is: "open" } : { is: "away", sinceMs };
  }

  #sayState(): void {
    this.#tell({ kind: "state", workspace: this.#workspace, state: this.#state() });
  }
}

/** Null: it is a stream, or the engine will be back. */
async function refusalOf(answer: Response): Promise<string | null> {
  if (answer.ok || answer.status >= 500 || answer.status === 429) return null;
  return problemOf(await answer.text(), answer.status).detail;
}

/** Not every browser can iterate over a body. */
async function* piecesOf(body: ReadableStream<Uint8Array>, alive: () => void): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    yield value;
  }
}
