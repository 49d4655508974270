// Four kinds of events bring an HTTP request to a Lambda function, in three shapes: payload format 2.0 (function URLs and
// HTTP APIs), payload format 1.0 (REST APIs, and HTTP APIs that ask for it), and that of load balancers, which is like
// 1.0 without an address of the sender.

type Headers = Readonly<Record<string, string | undefined>>;
type MultiValueHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** What is read of an event that is an HTTP request. */
export interface LambdaHttpEvent {
  /** In payload format 1.0 and from load balancers. */
  readonly httpMethod?: string | undefined;
  readonly headers?: Headers | null | undefined;
  /** From load balancers only where the target group asks for them, and then instead of `headers`. */
  readonly multiValueHeaders?: MultiValueHeaders | null | undefined;
  readonly body?: string | null | undefined;
  readonly isBase64Encoded?: boolean | undefined;
  readonly requestContext?:
    | {
        /** In payload format 2.0. */
        readonly http?: { readonly method: string; readonly sourceIp?: string | undefined } | undefined;
        /** In payload format 1.0. */
        readonly identity?: { readonly sourceIp?: string | undefined } | undefined;
        /** From load balancers. */
        readonly elb?: object | undefined;
      }
    | undefined;
}

/** @throws TypeError when it is no HTTP request at all: a schedule, a queue, somebody's test in the console. */
export function methodOf({ httpMethod, requestContext }: LambdaHttpEvent): string {
  const method = requestContext?.http?.method ?? httpMethod;
  if (typeof method === "string") return method;
  throw new TypeError(
    "This Lambda function serves /api/durable and was invoked with an event that is no HTTP request. Put a function " +
      "URL, an API Gateway or a load balancer in front of it, and name that address to the engine.",
  );
}

/** By lower-case names; what came several times is one value with commas, as HTTP has it. */
export function headersOf({ headers, multiValueHeaders }: LambdaHttpEvent): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) found.set(name.toLowerCase(), value);
  }
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    if (values !== undefined) found.set(name.toLowerCase(), values.join(","));
  }
  return found;
}

/** Text came as the sender's UTF-8, so it is signed as it stands; anything that AWS takes for binary is in base64. */
export function bodyOf({ body, isBase64Encoded }: LambdaHttpEvent): Uint8Array | string {
  if (!body) return "";
  return isBase64Encoded ? Uint8Array.from(atob(body), (character) => character.charCodeAt(0)) : body;
}

export function senderOf({ requestContext }: LambdaHttpEvent): string | undefined {
  return requestContext?.http?.sourceIp ?? requestContext?.identity?.sourceIp;
}
