// `node gateway.ts <sample> <handler file>`: an HTTP server that hands each request to a Lambda handler, as an event of
// the kind that the sample is, and writes what it answers. What a real gateway would refuse it refuses too.

import { createServer } from "node:http";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import type { LambdaContext, LambdaHttpResult } from "../../../sdk-ts/src/adapters/lambda.ts";
import type { LambdaHttpEvent } from "../../../sdk-ts/src/adapters/lambda-event.ts";
import { SAMPLES } from "../../../sdk-ts/src/adapters/lambda-samples.ts";

type Handler = (event: LambdaHttpEvent, context: LambdaContext) => Promise<LambdaHttpResult>;

/** What the function's timeout would be. */
const TIMEOUT_MS = 60_000;

const [sampleName, file] = process.argv.slice(2);
const sample = SAMPLES[sampleName ?? ""];
if (sample === undefined || file === undefined) {
  console.error(`Usage: gateway.ts <${Object.keys(SAMPLES).join(" | ")}> <handler file>`);
  process.exit(2);
}
const { handler } = (await import(pathToFileURL(resolve(file)).href)) as { handler: Handler };

createServer(async (request, response) => {
  try {
    const body = await buffer(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const untilMs = performance.now() + TIMEOUT_MS;
    const event = sample({ method: request.method ?? "", headers, body });
    const result = await handler(
      // An event is JSON on its way to the function, and so is what it returns.
      JSON.parse(JSON.stringify(event)),
      { getRemainingTimeInMillis: () => untilMs - performance.now() },
    );
    const {
      statusCode,
      headers: single = {},
      multiValueHeaders = {},
      body: text,
    } = overTheWire(result, event);
    response.writeHead(statusCode, { ...single, ...multiValueHeaders }).end(text);
  } catch (error) {
    console.error(error);
    response.writeHead(502).end();
  }
}).listen(Number(process.env["PORT"]), "127.0.0.1");

function overTheWire(result: LambdaHttpResult, event: LambdaHttpEvent): LambdaHttpResult {
  const wantsSeveral = event.multiValueHeaders != null && event.headers == null;
  const isBalanced = event.requestContext?.elb !== undefined;
  if (isBalanced && wantsSeveral !== (result.multiValueHeaders !== undefined))
    throw new Error(
      "The headers are not in the form in which the load balancer sent its own: it drops them.",
    );
  if (typeof result.statusCode !== "number" || typeof result.body !== "string")
    throw new Error(`This is no answer of a Lambda function: ${JSON.stringify(result)}`);
  return JSON.parse(JSON.stringify(result));
}
