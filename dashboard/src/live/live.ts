// What a tab hears: one object for the whole page, made once, outside of React.
import { type Connection, connect } from "./connect.ts";
import type { LineState, News, Patch, WorkspaceKey } from "./messages.ts";

type PatchesListener = (workspace: WorkspaceKey, patches: readonly Patch[]) => void;
type ResetListener = (workspace: WorkspaceKey, topic: string | null) => void;

export class Live {
  readonly #connection: Connection;
  /** How often each topic is wanted by what is on the screen. */
  readonly #wanted = new Map<WorkspaceKey, Map<string, number>>();
  readonly #states = new Map<WorkspaceKey, LineState>();
  readonly #stateListeners = new Set<() => void>();
  readonly #patchesListeners = new Set<PatchesListener>();
  readonly #resetListeners = new Set<ResetListener>();

  constructor(open: (tell: (news: News) => void) => Connection = connect) {
    this.#connection = open((news) => this.#hear(news));
  }

  /** Until the returned function is called. */
  follow(workspace: WorkspaceKey, topics: readonly string[]): () => void {
    this.#count(workspace, topics, 1);
    return () => this.#count(workspace, topics, -1);
  }

  /** They come in bundles, in the order of the stream, so that a burst is drawn a few times and not a thousand times. */
  onPatches(listener: PatchesListener): () => void {
    this.#patchesListeners.add(listener);
    return () => this.#patchesListeners.delete(listener);
  }

  onReset(listener: ResetListener): () => void {
    this.#resetListeners.add(listener);
    return () => this.#resetListeners.delete(listener);
  }

  /** For `useSyncExternalStore`. */
  onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  /** Null: nothing of this workspace is followed. */
  stateOf(workspace: WorkspaceKey): LineState | null {
    return this.#states.get(workspace) ?? null;
  }

  #count(workspace: WorkspaceKey, topics: readonly string[], by: 1 | -1): void {
    const counts = this.#wanted.get(workspace) ?? new Map<string, number>();
    this.#wanted.set(workspace, counts);
    for (const topic of topics) {
      const count = (counts.get(topic) ?? 0) + by;
      if (count === 0) counts.delete(topic);
      else counts.set(topic, count);
    }
    if (counts.size === 0) this.#states.delete(workspace);
    this.#connection.wish({ workspace, topics: [...counts.keys()] });
  }

  #hear(news: News): void {
    switch (news.kind) {
      case "patches":
        for (const listener of this.#patchesListeners) listener(news.workspace, news.patches);
        return;
      case "reset":
        for (const listener of this.#resetListeners) listener(news.workspace, news.topic);
        return;
      case "state":
        if (!this.#wanted.get(news.workspace)?.size) return;
        this.#states.set(news.workspace, news.state);
        for (const listener of this.#stateListeners) listener();
    }
  }
}
