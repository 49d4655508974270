// Names of the headers both sides send. Lower case, as every HTTP library hands them over.

/** The version both sides speak, sent as `durable-protocol`. */
export const PROTOCOL_VERSION = 1;

export const HEADER_PROTOCOL = "durable-protocol";
/** Unique per dispatch, never with a "."; an answer repeats the one it answers. */
export const HEADER_ID = "webhook-id";
/** Unix time in seconds. */
export const HEADER_TIMESTAMP = "webhook-timestamp";
/** Space-separated `v1,<base64>` entries, one per secret while they rotate. */
export const HEADER_SIGNATURE = "webhook-signature";
/** W3C Trace Context. */
export const HEADER_TRACEPARENT = "traceparent";

export const CONTENT_TYPE_JSON = "application/json";
/** A request whose body stays open, and the answer to it: a message a line. */
export const CONTENT_TYPE_LINES = "application/x-ndjson";
export const CONTENT_TYPE_PROBLEM = "application/problem+json";
export const CONTENT_TYPE_CLOUD_EVENT = "application/cloudevents+json";
