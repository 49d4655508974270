import { createRoute } from "../http/route.ts";
import type { ServeOptions } from "../http/serve-options.ts";
import type { WireResponse } from "../http/wire-message.ts";
import { bodyOf, headersOf, type LambdaHttpEvent, methodOf, senderOf } from "./lambda-event.ts";

/** What of the second argument of a Lambda handler is used: it tells what the function's timeout leaves. */
export interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

/** As every kind of gateway takes it. */
export interface LambdaHttpResult {
  statusCode: number;
  /** Load balancers want it. */
  statusDescription?: string;
  headers?: Record<string, string>;
  /** Instead of `headers`, for load balancers that send several values themselves. */
  multiValueHeaders?: Record<string, string[]>;
  body: string;
  isBase64Encoded: false;
}

/**
 * For AWS Lambda: `export const handler = serve({ app, functions, maxDuration })`, behind a function URL, an API Gateway
 * (payload format 1.0 or 2.0) or a load balancer. Say as `maxDuration` what the function's timeout is, or the gateway's
 * when that is shorter. Bodies of steps are started only as long as this invocation has time.
 */
export function serve(
  options: ServeOptions,
): (event: LambdaHttpEvent, context?: LambdaContext) => Promise<LambdaHttpResult> {
  const route = createRoute(options);
  return async (event, context) => {
    const headers = headersOf(event);
    const response = await route({
      method: methodOf(event),
      header: (name) => headers.get(name),
      body: bodyOf(event),
      remoteAddress: senderOf(event),
      timeLeftMs: context?.getRemainingTimeInMillis?.(),
    });
    return resultFor(event, response);
  };
}

function resultFor(event: LambdaHttpEvent, { status, headers, body }: WireResponse): LambdaHttpResult {
  const result: LambdaHttpResult = { statusCode: status, body, isBase64Encoded: false };
  if (event.requestContext?.elb === undefined) return { ...result, headers: { ...headers } };
  // A load balancer drops the headers of an answer that does not have them in the way in which it sent its own.
  const named = { ...result, statusDescription: `${status} ${REASONS[status] ?? "Unknown"}` };
  if (!event.multiValueHeaders) return { ...named, headers: { ...headers } };
  const several = Object.entries(headers).map(([name, value]) => [name, [value]]);
  return { ...named, multiValueHeaders: Object.fromEntries(several) };
}

/** Of every status that the route answers. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  424: "Failed Dependency",
  500: "Internal Server Error",
  503: "Service Unavailable",
};
