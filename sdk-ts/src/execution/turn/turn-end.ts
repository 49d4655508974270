export type TurnEnd =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly thrown: unknown }
  /** Something was started, or something that is pending is awaited. */
  | { readonly kind: "suspended" }
  /** Code and memo disagree. */
  | { readonly kind: "nondeterministic"; readonly message: string; readonly frame: string | null }
  /** A value that it needs is elsewhere and did not come. */
  | { readonly kind: "unfetched" }
  /** The engine no longer works with this dispatch. */
  | { readonly kind: "abandoned" };
