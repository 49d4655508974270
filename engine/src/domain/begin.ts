/** Why a run is born asleep: its sender said so, its schedule spreads its ticks, or a shape of its function does. */
export const BEGIN_CAUSES = ["delay", "jitter", "debounce", "batch", "rate-limit"] as const;

export type BeginCause = (typeof BEGIN_CAUSES)[number];

/** When a run begins, if not at once. A time that is over is at once. */
export type Begin = { readonly cause: BeginCause } & (
  | { readonly inMs: number; readonly atMs?: undefined }
  | { readonly atMs: number; readonly inMs?: undefined }
);
