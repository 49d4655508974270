import { Line } from "./line.ts";
import type { News, Wish, WorkspaceKey } from "./messages.ts";

/** Everybody's lines, one a workspace; whoever listens hears the news of the workspaces it wished for. */
export class Lines {
  readonly #lines = new Map<WorkspaceKey, Line>();
  readonly #counted = new Map<WorkspaceKey, News>();
  readonly #listeners = new Map<
    unknown,
    { readonly tell: (news: News) => void; readonly workspaces: Set<WorkspaceKey> }
  >();

  join(listener: unknown, tell: (news: News) => void): void {
    this.#listeners.set(listener, { tell, workspaces: new Set() });
  }

  leave(listener: unknown): void {
    for (const workspace of this.#listeners.get(listener)?.workspaces ?? [])
      this.wish(listener, { workspace, topics: [] });
    this.#listeners.delete(listener);
  }

  wish(listener: unknown, { workspace, topics }: Wish): void {
    const { tell, workspaces } = this.#listeners.get(listener) ?? {};
    // The engine says it to a line once, and this one may have joined it later.
    const counted = this.#counted.get(workspace);
    if (counted !== undefined && topics.includes("counters") && !workspaces?.has(workspace)) tell?.(counted);
    if (topics.length === 0) workspaces?.delete(workspace);
    else workspaces?.add(workspace);
    this.#lineOf(workspace).wish(listener, topics);
  }

  #lineOf(workspace: WorkspaceKey): Line {
    const known = this.#lines.get(workspace);
    if (known !== undefined) return known;
    const line = new Line(workspace, (news) => {
      const counted =
        news.kind === "patches" ? news.patches.findLast(({ topic }) => topic === "counters") : undefined;
      if (counted !== undefined)
        this.#counted.set(workspace, { kind: "patches", workspace, patches: [counted] });
      for (const { tell, workspaces } of this.#listeners.values()) if (workspaces.has(workspace)) tell(news);
    });
    this.#lines.set(workspace, line);
    return line;
  }
}
