import type { ScriptedCase } from "../../case.ts";

const inspect = { type: "inspect", app: "conformance" };

function method(name: string): ScriptedCase {
  return {
    id: `L0-method-${name.toLowerCase()}`,
    level: 0,
    says: `${name} is answered 405, "Allow: POST" and "{}", before any other work, signed or not.`,
    exchanges: [
      { method: name, message: inspect, refused: { status: 405, headers: { allow: "POST" }, body: "{}" } },
      {
        method: name,
        body: "",
        signed: "not at all",
        refused: { status: 405, headers: { allow: "POST" }, body: "{}" },
      },
    ],
  };
}

function notJson(
  name: string,
  says: string,
  body: NonNullable<ScriptedCase["exchanges"][number]["body"]>,
): ScriptedCase {
  return { id: `L0-json-${name}`, level: 0, says, exchanges: [{ body, refused: { status: 400 } }] };
}

export const request: readonly ScriptedCase[] = [
  ...["GET", "PUT", "PATCH", "DELETE", "OPTIONS"].map(method),
  {
    id: "L0-media-type",
    level: 0,
    says: "What is not JSON by its content-type is refused with 415.",
    exchanges: [
      {
        message: inspect,
        headers: { "content-type": "text/plain" },
        refused: { status: 415, code: "unsupported-media-type" },
      },
      {
        message: inspect,
        headers: { "content-type": "application/json; charset=utf-8" },
        answers: { app: "conformance" },
      },
    ],
  },
  {
    id: "L0-encoding",
    level: 0,
    says: "Bodies are not compressed: a content-encoding is refused with 415.",
    exchanges: [{ message: inspect, headers: { "content-encoding": "gzip" }, refused: { status: 415 } }],
  },
  {
    id: "L0-protocol-version",
    level: 0,
    says: "Another version of the protocol is refused with 415, and told which there are.",
    exchanges: [
      {
        message: inspect,
        headers: { "durable-protocol": "999" },
        refused: {
          status: 415,
          code: "unsupported-protocol",
          problem: { supported: { min: { $any: true }, max: { $any: true } } },
        },
      },
    ],
  },
  {
    id: "L0-protocol-version-unsaid",
    level: 0,
    says: "A request that names no version of the protocol is of version 1.",
    exchanges: [{ message: inspect, headers: { "durable-protocol": null }, answers: { app: "conformance" } }],
  },
  {
    id: "L0-too-large",
    level: 0,
    says: "A request of more than 4 MiB is refused with 413.",
    exchanges: [
      { body: { repeat: " ", times: 5 * 1024 * 1024 }, refused: { status: 413, code: "payload-too-large" } },
    ],
  },
  {
    id: "L0-not-too-large",
    level: 0,
    says: "One of nearly 4 MiB is taken.",
    exchanges: [
      {
        message: { ...inspect, filler: "x".repeat(4 * 1024 * 1024 - 1_000) },
        answers: { app: "conformance" },
      },
    ],
  },
  notJson("malformed", "What is no JSON is refused with 400.", '{"type":"inspect",'),
  notJson("empty", "An empty body is refused with 400.", ""),
  notJson("trailing", "Nothing may follow the value.", '{"type":"inspect","app":"conformance"}{}'),
  notJson(
    "twice",
    "Two members of the same name are refused: whoever takes the last of them reads another message than whoever takes the first.",
    '{"type":"invoke","type":"inspect","app":"conformance"}',
  ),
  notJson(
    "twice-escaped",
    "Names are compared after unescaping.",
    '{"type":"inspect","app":"conformance","app\\u0000":1,"\\u0061pp":"other"}',
  ),
  notJson(
    "nul",
    "NUL is refused: databases cannot keep it.",
    '{"type":"inspect","app":"conformance","x":"a\\u0000b"}',
  ),
  notJson(
    "half-pair",
    "Half a surrogate pair is refused.",
    '{"type":"inspect","app":"conformance","x":"\\ud83d"}',
  ),
  notJson("utf-8", "What is not UTF-8 is refused.", {
    base64: Buffer.concat([
      Buffer.from('{"type":"inspect","app":"conformance","x":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]).toString("base64"),
  }),
  notJson("byte-order-mark", "A byte order mark is refused.", '\ufeff{"type":"inspect","app":"conformance"}'),
  notJson(
    "too-deep",
    "What is nested deeper than 100 is refused.",
    `{"type":"inspect","app":"conformance","x":${"[".repeat(101)}${"]".repeat(101)}}`,
  ),
  {
    id: "L0-unknown-type",
    level: 0,
    says: "A message of an unknown type is refused with 400.",
    exchanges: [
      { message: { type: "greet", app: "conformance" }, refused: { status: 400, code: "malformed-request" } },
      { body: '["inspect"]', refused: { status: 400, code: "malformed-request" } },
    ],
  },
  {
    id: "L0-member-missing",
    level: 0,
    says: "An invoke without its memo is refused with 400, and runs nothing.",
    program: [{ do: "run", name: "a", returns: 1 }],
    exchanges: [
      { members: { memo: undefined }, refused: { status: 400, code: "malformed-request" }, ran: {} },
      {
        members: { task: { kind: "advance" } },
        refused: { status: 400, code: "malformed-request" },
        ran: {},
      },
    ],
  },
  {
    id: "L0-other-app",
    level: 0,
    says: "An invoke for another app is refused with 404.",
    program: [{ do: "run", name: "a", returns: 1 }],
    exchanges: [{ members: { app: "some-other-app" }, refused: { status: 404, code: "not-found" }, ran: {} }],
  },
  {
    id: "L0-unknown-function",
    level: 0,
    says: "A function that is not there is refused with 404.",
    exchanges: [{ members: { fn: "no-such-function" }, refused: { status: 404, code: "not-found" } }],
  },
  {
    id: "L0-unknown-members",
    level: 0,
    says: "Members that an SDK does not know are ignored.",
    program: [{ do: "run", name: "a", returns: 1 }],
    exchanges: [
      {
        members: { "x-new": { of: ["a", "later", "engine"] }, __proto__x: 1 },
        answers: { status: "continue" },
        ran: { a: 1 },
      },
    ],
  },
  {
    id: "L0-order-of-checks",
    level: 0,
    says: "The signature is checked before the JSON, and the media type before the signature: who is not known is told nothing about what he sent.",
    exchanges: [
      { body: "{", signed: "not at all", refused: { status: 401, code: "unauthenticated" } },
      {
        message: { type: "invoke", app: "some-other-app" },
        signed: "with another secret",
        refused: { status: 401, code: "unauthenticated" },
      },
      {
        message: inspect,
        signed: "not at all",
        headers: { "content-type": "text/plain" },
        refused: { status: 415, code: "unsupported-media-type" },
      },
    ],
  },
  {
    id: "L0-headers-missing",
    level: 0,
    says: "Without webhook-id, or with a webhook-timestamp that is no whole number, a request is refused.",
    exchanges: [
      {
        message: inspect,
        headers: { "webhook-id": null },
        refused: { status: 401, code: "unauthenticated" },
      },
      {
        message: inspect,
        headers: { "webhook-timestamp": "now" },
        refused: { status: 401, code: "unauthenticated" },
      },
      {
        message: inspect,
        headers: { "webhook-timestamp": null },
        refused: { status: 401, code: "unauthenticated" },
      },
    ],
  },
];
