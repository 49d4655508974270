/** Why a run is born asleep: its sender said so, or its schedule spreads its ticks. */
export const BEGIN_CAUSES = ["delay", "jitter"] as const;

export type BeginCause = (typeof BEGIN_CAUSES)[number];

/** When a run begins, if not at once. A time that is over is at once. */
export type Begin = { readonly cause: BeginCause } & (
  | { readonly inMs: number; readonly atMs?: undefined }
  | { readonly atMs: number; readonly inMs?: undefined }
);
