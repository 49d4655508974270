import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { call } from "../../api/call.ts";
import { useLive, useTopics } from "../../here/live-context.ts";
import { useWorkspace } from "../../here/workspace.ts";
import { LINES_MAX, type LogSaid, LogStore } from "./log-store.ts";

/** However fast lines come, the page is drawn no more often than this; of many lines more seldom, for each drawing places all of them. */
const DRAW_MS = 100;
const DRAW_MS_PER_LINE = 1 / 250;
const PER_PAGE = 1_000;

export interface LogLines {
  readonly store: LogStore;
  /** Another number when the store is another. */
  readonly version: number;
  /** Of a run: its lines up to now are being read. */
  readonly isReading: boolean;
  readonly error: Error | null;
  /** The stream left lines out, at least once. */
  readonly isTorn: boolean;
}

/** Of one run all lines, and those that come; of the workspace what comes from now on, for there is no more to be asked for. */
export function useLogLines(run: string | undefined): LogLines {
  const live = useLive();
  const { app, env } = useWorkspace();
  const box = useMemo(() => new Box(), [run, app, env]);
  const [history, setHistory] = useState<{ of: Box; after: string | null; error: Error | null } | null>(null);
  const known = history?.of === box ? history : null;

  useEffect(() => {
    if (run === undefined) return;
    const stop = new AbortController();
    readAll(run, { app, env }, box, stop.signal).then(
      (after) => setHistory({ of: box, after, error: null }),
      (error: Error) => !stop.signal.aborted && setHistory({ of: box, after: null, error }),
    );
    return () => stop.abort();
  }, [run, app, env, box]);

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

  const subscribe = useCallback((listener: () => void) => box.subscribe(listener), [box]);
  const version = useSyncExternalStore(subscribe, () => box.version);
  return {
    store: box.store,
    version,
    isReading: run !== undefined && known === null,
    error: known?.error ?? null,
    isTorn: box.isTorn,
  };
}

/** Page after page, as many lines as are kept. @returns the id of the last one. */
async function readAll(
  run: string,
  params: { readonly app: string; readonly env: string },
  box: Box,
  signal: AbortSignal,
): Promise<string | null> {
  let after: string | null = null;
  for (let read = 0; read < LINES_MAX; read += PER_PAGE) {
    const query = { limit: PER_PAGE, ...(after === null ? {} : { after }) };
    const page: Awaited<ReturnType<typeof call<"listRunLogs">>> = await call(
      "listRunLogs",
      { params: { ...params, id: run }, query },
      signal,
    );
    box.add(page.logs.map((line) => ({ ...line, run })));
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
