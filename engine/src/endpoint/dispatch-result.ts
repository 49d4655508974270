// Every way one request to an app can end, as data. What the engine does next hangs on a single question, and
// each kind answers it: did the app's code perhaps run?
//
//   answer         yes, and here is what it says, signed
//   refused        no: the app's SDK (or a server before it) said that it did not take the request
//   never-arrived  no: not one byte was written, so it may be sent again at once
//   broken         perhaps: send again only with a new fence, after the transport back-off

export type DispatchResult = AnswerReceived | RequestRefused | RequestNeverArrived | ExchangeBroken;

export interface AnswerReceived extends ExchangeTimes {
  readonly kind: "answer";
  /** The bytes that were signed. `decodeAnswer` reads them; nobody else should. */
  readonly body: Uint8Array;
}

export interface RequestRefused extends ExchangeTimes {
  readonly kind: "refused";
  readonly status: number;
  /** RFC 9457, if the reply had one. Unsigned: good for a sentence to a person, never for a decision. */
  readonly problem: Problem | null;
  /** From `retry-after`, at most 24 h. */
  readonly retryAfterMs: number | null;
  /** Status and problem in one sentence. */
  readonly detail: string;
}

export interface RequestNeverArrived {
  readonly kind: "never-arrived";
  readonly reason: NeverArrivedReason;
  readonly detail: string;
  readonly receivedMs: number;
}

export interface ExchangeBroken extends Omit<ExchangeTimes, "firstByteMs"> {
  readonly kind: "broken";
  readonly reason: BrokenReason;
  readonly detail: string;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly firstByteMs: number | null;
}

/** All three are monotonic milliseconds of the engine's clock. */
export interface ExchangeTimes {
  /** The request was about to be written to a connected socket. */
  readonly sentMs: number;
  /** Status line and headers were complete. */
  readonly firstByteMs: number;
  readonly receivedMs: number;
}

export type NeverArrivedReason =
  | "refused" // nobody listens, or the network says so
  | "dns"
  | "tls"
  | "unsafe-address"
  | "connect-timeout" // also: no connection became free in time
  | "hung-up" // by us, before it was written
  | "deployment" // the one that the run is kept on is gone
  | "frozen" // the endpoint is known to be down
  | "shutdown"; // this engine process is closing

export type BrokenReason =
  | "reset" // also on a reused connection, before any byte: the app may have read the request
  | "timeout"
  | "silent" // no sign of life, from a step that has to give one
  | "hung-up" // by us: the run was ended meanwhile
  | "malformed-http"
  | "too-large"
  | "encoded"
  | "redirect"
  | "bad-status"
  | "unsigned"
  | "bad-signature"
  | "wrong-id"
  | "stale-timestamp";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly detail: string;
}
