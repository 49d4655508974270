// What tabs and the holder of their lines say to each other.

/** `shop/dev`: a line is of one app and environment. */
export type WorkspaceKey = string;

/** As the engine tells it: members of a thing as they are now, or null, "read it again". */
export interface Patch {
  readonly topic: string;
  readonly kind: string;
  readonly id: string | null;
  /** Of two states of one thing that with the higher is younger. */
  readonly rev: number;
  readonly patch: Readonly<Record<string, unknown>> | null;
}

/** A tab says what it wants to hear of a workspace, all of it; nothing when it has left. */
export interface Wish {
  readonly workspace: WorkspaceKey;
  readonly topics: readonly string[];
}

export type News =
  /** What came together, in order. */
  | { readonly kind: "patches"; readonly workspace: WorkspaceKey; readonly patches: readonly Patch[] }
  /** Something was left out: everything, or one topic, must be read anew. */
  | { readonly kind: "reset"; readonly workspace: WorkspaceKey; readonly topic: string | null }
  | { readonly kind: "state"; readonly workspace: WorkspaceKey; readonly state: LineState };

/** `away` since when: what is on the screen is as old as that. */
export type LineState =
  | { readonly is: "open" }
  | { readonly is: "away"; readonly sinceMs: number }
  /** The engine says no, and why; it is asked again. */
  | { readonly is: "refused"; readonly detail: string };
