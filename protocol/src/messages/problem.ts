/** RFC 9457: the protocol itself went wrong. Never with environment, headers, paths or stacks. */
export interface Problem {
  /** `urn:durable:problem:<code>`. */
  type: string;
  title: string;
  /** The HTTP status again. */
  status: number;
  /** What happened, why, and what to do. */
  detail: string;
  code: string;
  errors?: { pointer: string; detail: string }[] | undefined;
  /** URL of the page that explains the code. */
  docs?: string | undefined;
}
