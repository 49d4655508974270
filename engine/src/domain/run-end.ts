/** How a run ended. Output, failure and state are JSON text as the app wrote it; an undefined output has none. */
export interface RunEnd {
  readonly status: "completed" | "failed" | "cancelled";
  readonly output: string | null;
  readonly failure: string | null;
  /** What it last said of itself. */
  readonly state: string | null;
}

/** Whether a status is one of the three that never change again. */
export function hasEnded<State extends { readonly status: string }>(
  state: State,
): state is State & { readonly status: RunEnd["status"] } {
  return state.status === "completed" || state.status === "failed" || state.status === "cancelled";
}
