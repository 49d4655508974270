import type { RetryPolicy } from "../retry.ts";
import type { OpIdentity } from "./identity.ts";

/** An HTTP call that the engine makes. Its value is a `FetchResult`. */
export interface FetchOp extends OpIdentity {
  op: "fetch";
  /** http or https, without user name and password. */
  url: string;
  /** `GET` unless told. */
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
  /** Of one attempt. */
  timeout_ms?: number | undefined;
  /** The step's own policy; the function's unless told. */
  retry_policy?: RetryPolicy | undefined;
}

/** Whatever the status is: any answer is a result. */
export interface FetchResult {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The body is no text, and `body` its base64. */
  base64?: true | undefined;
}
