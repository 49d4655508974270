import type { AnswerOf } from "@durable/engine/api";
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { call } from "../../api/call.ts";
import { useLive, useTopics } from "../../here/live-context.ts";
import { useWorkspace } from "../../here/workspace.ts";
import { LINES_MAX, type LogSaid, LogStore } from "./log-store.ts";
import type { LEVELS } from "./logs-search.ts";

/** However fast lines come, the page is drawn no more often than this; of many lines more seldom, for each drawing places all of them. */
const DRAW_MS = 100;
const DRAW_MS_PER_LINE = 1 / 250;
const PER_PAGE = 1_000;

/** So long after the first page what was said between it and the stream's first word is asked for. */
const CATCH_UP_MS = 2_000;

export interface LogLines {
  readonly store: LogStore;
  /** Another number when the store is another. */
  readonly version: number;
  /** What was said up to now is being read. */
  readonly isReading: boolean;
  readonly error: Error | null;
  /** The stream left lines out, at least once. */
  readonly isTorn: boolean;
  /** Null: there are no older ones, or they are being read. */
  readonly readOlder: (() => void) | null;
}

/** What the engine is asked to look for among what was said before; what comes is chosen here. */
export interface LogQuery {
  readonly level: (typeof LEVELS)[number];
  readonly text: string;
}

interface History {
  readonly of: Box;
  /** Of a run: its last line that was read, after which the stream goes on. */
  readonly after: string | null;
  /** Of a workspace: older lines are before this one. */
  readonly before: string | null;
  readonly error: Error | null;
}

/** Of one run all lines; of the workspace the latest, and older ones page by page; and those that come. */
export function useLogLines(run: string | undefined, { level, text }: LogQuery): LogLines {
  const live = useLive();
  const { app, env } = useWorkspace();
  // All lines of a run are here, so that choosing other ones asks for nothing.
  const asked = JSON.stringify(run === undefined ? { level, ...(text !== "" && { q: text }) } : { run });
  const box = useMemo(() => new Box(), [asked, app, env]);
  const [history, setHistory] = useState<History | null>(null);
  const [isReadingOlder, setReadingOlder] = useState(false);
  const known = history?.of === box ? history : null;
  const query = useMemo(() => JSON.parse(asked) as Asked, [asked]);
  const failed = useCallback(
    (error: Error) => setHistory({ of: box, after: null, before: null, error }),
    [box],
  );

  useEffect(() => {
    const stop = new AbortController();
    const ended = (error: Error) => !stop.signal.aborted && failed(error);
    if (run !== undefined) {
      readAll(run, { app, env }, box, stop.signal).then(
        (after) => setHistory({ of: box, after, before: null, error: null }),
        ended,
      );
      return () => stop.abort();
    }
    readBefore(null, { app, env }, query, box, stop.signal).then(({ logs, next }) => {
      setHistory({ of: box, after: null, before: next, error: null });
      catchUpIn(CATCH_UP_MS, logs[0]?.id ?? "0", { app, env }, query, box, stop.signal);
    }, ended);
    return () => stop.abort();
  }, [run, app, env, box, query, failed]);

  useEffect(() => {
    const workspace = `${app}/${env}`;
    const offPatches = live.onPatches((of, patches) => {
      if (of !== workspace) return;
      const said = patches.filter(
        ({ kind, patch }) => kind === "log" && patch !== null && (run === undefined || patch["run"] === run),
      );
      box.add(said.map(({ id, patch }) => ({ ...patch, id }) as unknown as LogSaid));
    });
    const offReset = live.onReset((of, topic) => {
      if (of === workspace && (topic === null || topic.startsWith("logs"))) box.tear();
    });
    return () => {
      offPatches();
      offReset();
    };
  }, [live, app, env, run, box]);

  const topic = run === undefined ? "logs" : known === null ? null : `logs:${run}@${known.after ?? "0"}`;
  useTopics(topic === null ? [] : [topic]);

  const before = known?.before ?? null;
  const readOlder = () => {
    setReadingOlder(true);
    readBefore(before, { app, env }, query, box)
      .then(({ next }) => setHistory({ of: box, after: null, before: next, error: null }), failed)
      .finally(() => setReadingOlder(false));
  };
  const subscribe = useCallback((listener: () => void) => box.subscribe(listener), [box]);
  const version = useSyncExternalStore(subscribe, () => box.version);
  return {
    store: box.store,
    version,
    isReading: known === null,
    error: known?.error ?? null,
    isTorn: box.isTorn,
    readOlder: before === null || isReadingOlder ? null : readOlder,
  };
}

type Params = { readonly app: string; readonly env: string };
type Asked = { readonly level: LogQuery["level"]; readonly q?: string };

/** The newest that fit before a line, or of all. */
async function readBefore(
  before: string | null,
  params: Params,
  asked: Asked,
  box: Box,
  signal?: AbortSignal,
): Promise<AnswerOf<"listLogs">> {
  const query = { ...asked, limit: PER_PAGE, ...(before === null ? {} : { before }) };
  const page = await call("listLogs", { params, query }, signal);
  box.addOlder(page.logs);
  return page;
}

/** Best effort: who is too late for it sees those lines when the page is opened anew. */
function catchUpIn(
  ms: number,
  after: string,
  params: Params,
  asked: Asked,
  box: Box,
  signal: AbortSignal,
): void {
  const timer = setTimeout(() => {
    call("listLogs", { params, query: { ...asked, after, limit: PER_PAGE } }, signal).then(
      ({ logs }) => box.add(logs.toReversed()),
      () => {},
    );
  }, ms);
  signal.addEventListener("abort", () => clearTimeout(timer));
}

/** Page after page, as many lines as are kept. @returns the id of the last one. */
async function readAll(run: string, params: Params, box: Box, signal: AbortSignal): Promise<string | null> {
  let after: string | null = null;
  for (let read = 0; read < LINES_MAX; read += PER_PAGE) {
    const query = { limit: PER_PAGE, ...(after === null ? {} : { after }) };
    const page: Awaited<ReturnType<typeof call<"listRunLogs">>> = await call(
      "listRunLogs",
      { params: { ...params, id: run }, query },
      signal,
    );
    box.add(page.logs);
    after = page.logs.at(-1)?.id ?? after;
    if (page.next === null) break;
  }
  return after;
}

/** A store that says when it is another, not more often than it can be drawn. */
class Box {
  readonly store = new LogStore();
  version = 0;
  isTorn = false;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  add(lines: readonly LogSaid[]): void {
    if (this.store.add(lines)) this.#tell();
  }

  addOlder(lines: readonly LogSaid[]): void {
    if (this.store.addOlder(lines)) this.#tell();
  }

  tear(): void {
    this.isTorn = true;
    this.#tell();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.version += 1;
        for (const listener of this.#listeners) listener();
      },
      DRAW_MS + this.store.total * DRAW_MS_PER_LINE,
    );
  }
}
