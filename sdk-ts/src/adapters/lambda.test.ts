// An event of each gateway to a signed answer in the form which that gateway takes.
import { describe, expect, test } from "vitest";
import { createFunction } from "../function.ts";
import { invoke, isSignedAnswer, SECRET, signed } from "../http/signed-sample.ts";
import { type LambdaHttpResult, serve } from "./lambda.ts";
import { SAMPLES, type SampleRequest } from "./lambda-samples.ts";

const echo = createFunction({
  id: "echo",
  trigger: { event: "said" },
  handler: ({ event }) => event.data,
});
const work = createFunction({
  id: "work",
  handler: ({ step }) => step.run("work", () => "done"),
});
const handler = serve({ app: "shop", functions: [echo, work], secret: SECRET });

const asked = (body: string): SampleRequest => ({ method: "POST", headers: signed(body), body });

function headerOf({ headers, multiValueHeaders }: LambdaHttpResult) {
  return (name: string) => headers?.[name] ?? multiValueHeaders?.[name]?.join(",");
}

describe.each(Object.keys(SAMPLES))("an event of %s", (name) => {
  const sample = SAMPLES[name]!;

  test("is believed byte by byte, and its answer is signed", async () => {
    const data = { text: "Grüße, 世界 \u{1f600}", line: "two\nlines" };
    const result = await handler(sample(asked(invoke("echo", data))));
    expect(result.statusCode, result.body).toBe(200);
    expect(JSON.parse(result.body)).toMatchObject({ status: "done", output: data });
    expect(result.isBase64Encoded).toBe(false);
    expect(isSignedAnswer(headerOf(result), result.body)).toBe(true);
    expect(headerOf(result)("content-type")).toBe("application/json");
  });

  test("that says something else than what was signed is refused", async () => {
    const { headers, method } = asked(invoke("echo", 1));
    const result = await handler(sample({ headers, method, body: invoke("echo", 2) }));
    expect(result.statusCode).toBe(401);
    expect(JSON.parse(result.body).code).toBe("unauthenticated");
  });

  test("that is no POST is answered 405", async () => {
    const result = await handler(sample({ method: "GET", headers: {}, body: "" }));
    expect([result.statusCode, headerOf(result)("allow")]).toEqual([405, "POST"]);
  });
});

test("a load balancer gets its headers in the form in which it sent its own, and a reason", async () => {
  const single = await handler(SAMPLES["a load balancer"]!(asked(invoke("echo", 1))));
  expect(single).toMatchObject({
    statusDescription: "200 OK",
    headers: { "content-type": "application/json" },
  });
  expect(single.multiValueHeaders).toBeUndefined();
  const several = await handler(SAMPLES["a load balancer with several values"]!(asked(invoke("echo", 1))));
  expect(several.multiValueHeaders).toMatchObject({ "content-type": ["application/json"] });
  expect(several.headers).toBeUndefined();
  const url = await handler(SAMPLES["a function URL"]!(asked(invoke("echo", 1))));
  expect(url.statusDescription).toBeUndefined();
});

test("a header that came in several values is one with commas", async () => {
  const request = asked(invoke("echo", 1));
  const signature = request.headers["webhook-signature"]!;
  const event = SAMPLES["a load balancer with several values"]!(request);
  const multiValueHeaders = { ...event.multiValueHeaders, "Webhook-Signature": ["v1,AAAA", signature] };
  const { "webhook-signature": _, ...others } = multiValueHeaders as Record<string, string[]>;
  const result = await handler({ ...event, multiValueHeaders: others });
  expect(result.statusCode).toBe(401);
  // The signatures of one request are separated by spaces, so two lines of it are none.
  const spaced = { ...others, "Webhook-Signature": [`v1,AAAA ${signature}`] };
  expect((await handler({ ...event, multiValueHeaders: spaced })).statusCode).toBe(200);
});

test("a header is found in whatever case its name was sent", async () => {
  const { multiValueHeaders: _, ...event } = SAMPLES["API Gateway, payload 1.0"]!(asked(invoke("echo", 1)));
  expect(Object.keys(event.headers!)).toContain("Webhook-Signature");
  expect((await handler(event)).statusCode).toBe(200);
});

test("no body is started that the invocation has no time for, and the engine is asked to call again", async () => {
  const event = SAMPLES["a function URL"]!(asked(invoke("work", null)));
  const plenty = await handler(event, { getRemainingTimeInMillis: () => 30_000 });
  expect(JSON.parse(plenty.body).ops).toMatchObject([{ op: "run", name: "work", st: "ok" }]);
  const none = JSON.parse((await serveSlow()(event, { getRemainingTimeInMillis: () => 1_010 })).body);
  expect(none).toMatchObject({ status: "continue", more: true, ops: [] });
});

/** It takes longer to its first step than what is left when 1 s is kept for the answer. */
function serveSlow() {
  const slow = createFunction({
    id: "work",
    async handler({ step }) {
      const until = performance.now() + 15;
      while (performance.now() < until);
      return step.run("work", () => "done");
    },
  });
  return serve({ app: "shop", functions: [slow], secret: SECRET });
}

test("an event that is no HTTP request is told as such", async () => {
  const ofSchedule = { "detail-type": "Scheduled Event", source: "aws.events", resources: [] };
  await expect(handler(ofSchedule as never)).rejects.toThrow(
    /an event that is no HTTP request\. Put a function URL/,
  );
});
