// Events as AWS documents them, each whole, around one request. What this side does not read is there too: an event is
// never only what one hopes for.

import type { LambdaHttpEvent } from "./lambda-event.ts";

export interface SampleRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export type Sample = (request: SampleRequest) => LambdaHttpEvent;

const HOST = "abcdefgh12.lambda-url.eu-central-1.on.aws";
const SENT_ANYWAY = {
  host: HOST,
  "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
  "x-forwarded-for": "72.21.198.66",
  "x-forwarded-port": "443",
  "x-forwarded-proto": "https",
};

/** Function URLs and HTTP APIs: lower-case names, several values joined by commas. */
function payload2({ method, headers, body }: SampleRequest): LambdaHttpEvent {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/api/durable",
    rawQueryString: "",
    cookies: ["cookie1", "cookie2"],
    headers: { ...SENT_ANYWAY, ...headers },
    requestContext: {
      accountId: "anonymous",
      apiId: "abcdefgh12",
      authentication: null,
      domainName: HOST,
      domainPrefix: "abcdefgh12",
      http: {
        method,
        path: "/api/durable",
        protocol: "HTTP/1.1",
        sourceIp: "72.21.198.66",
        userAgent: "durable/1",
      },
      requestId: "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
      routeKey: "$default",
      stage: "$default",
      time: "12/Mar/2026:19:03:58 +0000",
      timeEpoch: 1_773_342_238_000,
    },
    body: textOf(body),
    isBase64Encoded: false,
  } as LambdaHttpEvent;
}

/** REST APIs: names as they were sent, each header in both forms. */
function payload1({ method, headers, body }: SampleRequest): LambdaHttpEvent {
  const sent = Object.entries({ ...SENT_ANYWAY, ...headers }).map(
    ([name, value]) => [capitalized(name), value] as const,
  );
  return {
    resource: "/{proxy+}",
    path: "/api/durable",
    httpMethod: method,
    headers: Object.fromEntries(sent),
    multiValueHeaders: Object.fromEntries(sent.map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: "api/durable" },
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      resourceId: "us4z18",
      resourcePath: "/{proxy+}",
      httpMethod: method,
      extendedRequestId: "JKJaXmPLvHcESHA=",
      requestTime: "10/Mar/2026:05:16:23 +0000",
      path: "/prod/api/durable",
      protocol: "HTTP/1.1",
      stage: "prod",
      requestTimeEpoch: 1_773_119_783_000,
      requestId: "6236xmpl-7774-4ce8-87b1-6bc0d6f0a2a3",
      identity: {
        cognitoIdentityPoolId: null,
        accountId: null,
        caller: null,
        sourceIp: "72.21.198.66",
        accessKey: null,
        userArn: null,
        userAgent: "durable/1",
        user: null,
      },
      domainName: HOST,
      apiId: "qr8e5bkzuh",
    },
    body: body.length === 0 ? null : textOf(body),
    isBase64Encoded: false,
  } as LambdaHttpEvent;
}

function loadBalancer({ method, headers, body }: SampleRequest): LambdaHttpEvent {
  return {
    requestContext: {
      elb: {
        targetGroupArn:
          "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lambda-279XGJDqGZ5rsrHC2Fjr/49e9d65c45c6791a",
      },
    },
    httpMethod: method,
    path: "/api/durable",
    queryStringParameters: {},
    headers: { ...SENT_ANYWAY, ...headers },
    body: textOf(body),
    isBase64Encoded: false,
  } as LambdaHttpEvent;
}

/** With "multi value headers" switched on in the target group: then only those are sent. */
function loadBalancerOfSeveral(request: SampleRequest): LambdaHttpEvent {
  const { headers, ...event } = loadBalancer(request);
  const several = Object.entries(headers ?? {}).map(([name, value]) => [name, [value!]]);
  return { ...event, multiValueHeaders: Object.fromEntries(several) };
}

/** As gateways do with content types that they take for binary. */
function inBase64(sample: Sample): Sample {
  return (request) => {
    const event = sample(request);
    const body = Buffer.from(request.body).toString("base64");
    return { ...event, body, isBase64Encoded: true };
  };
}

export const SAMPLES: Readonly<Record<string, Sample>> = {
  "a function URL": payload2,
  "a function URL, in base64": inBase64(payload2),
  "API Gateway, payload 1.0": payload1,
  "API Gateway, payload 1.0, in base64": inBase64(payload1),
  "a load balancer": loadBalancer,
  "a load balancer, in base64": inBase64(loadBalancer),
  "a load balancer with several values": loadBalancerOfSeveral,
};

/** Bytes that are no text are lost here, as they are in every event. */
function textOf(body: string | Uint8Array): string {
  return Buffer.from(body).toString("utf8");
}

function capitalized(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
