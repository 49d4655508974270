/** Any JSON value, or a RawJson: the same value kept as the text received. */
export type Payload = unknown;

/** 32 lower-case hex digits; see `stepId`. */
export type StepId = string;

/** RFC 3339 in UTC with a `Z`; see `parseInstant`. */
export type Instant = string;

export type JsonScalar = string | number | boolean | null;

/** The right to answer: opaque, new for every dispatch, repeated in the answer. */
export type Fence = string;

/** A value kept elsewhere, fetched by `id` from the configured engine, never from a URL in a message. */
export interface Ref {
  id: string;
  bytes: number;
  /** 64 hex digits; the fetcher checks them. */
  sha256: string;
}
