// What a dispatch may have, and what becomes of a run that has more.
import { createHash } from "node:crypto";
import { invokeRequestSchema } from "@durable/protocol";
import { MEMO_BYTES_MAX, REF_BYTES_MIN, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { describe, expect, test } from "vitest";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import { callApp } from "./call-app.ts";
import { decideReply } from "./decide-reply.ts";
import type { Held } from "./held-run.ts";
import { Memo } from "./memo.ts";
import { nextRequest } from "./next-request.ts";
import { journalEntry, UNSETTLED } from "./situation.fixture.ts";
import type { Situation } from "./situation.ts";

const MIB = 1024 * 1024;
const ports = {
  clock: { monotonicMs: () => 0, epochMs: () => 0, epochOf: () => 0 },
  random: { uuid: () => "0198b7e0-0000-7000-8000-000000000000", float: () => 0.5 },
};

function heldWith(count: number): Held {
  const value = JSON.stringify("x".repeat(MIB));
  const entries = Array.from({ length: count }, (_, at) =>
    journalEntry("a", { stepId: at.toString(16).padStart(32, "0"), seq: at + 1, value }),
  );
  const head = {
    runId: "0198b7e0-0000-7000-8000-000000000001",
    functionId: "f",
    event: "{}",
    traceparent: null,
    events: null,
    placement: null,
  };
  const memo = Memo.of(entries);
  return { workspaceId: 1, head, stepId: null, memo, deployment: null, runAttempt: 0 } as unknown as Held;
}

function workspaceWith(...capabilities: string[]): WorkspaceEntry {
  const endpoint = { capabilities: new Set(capabilities), maxDurationMs: null, replacedBy: null };
  const rest = { signingKeys: [], kept: new Map(), older: new Map(), newest: null, pauses: [] };
  return { app: "a", environment: "dev", endpoint, ...rest } as unknown as WorkspaceEntry;
}

/** What the run is told instead of being called. */
async function pausedWith(held: Held, workspace: WorkspaceEntry): Promise<string> {
  const request = nextRequest(ports as never, held, "fence", workspace);
  expect(request.signed).toBeNull();
  const parts = { ...ports, health: { isOpen: () => false } };
  const reply = await callApp(parts as never, held, request);
  return JSON.parse(decideReply({} as Situation, reply).result!).message;
}

test.each([0, 1, 2])("the request of a task fits the protocol, after %i attempts", (attempt) => {
  const entry = journalEntry("a", { ...UNSETTLED, taskKind: "step", attempt });
  const { head, ...rest } = heldWith(0);
  const event = '{"id":"evt_1","name":"e","data":null,"time":"2026-10-21T08:59:59.000Z"}';
  const held = {
    ...rest,
    head: { ...head, functionVersion: 1, event },
    stepId: entry.stepId,
    memo: Memo.of([entry], { taskStepId: entry.stepId }),
  } as Held;
  const { signed } = nextRequest(ports as never, held, "fence", workspaceWith());
  const read = invokeRequestSchema.parse(JSON.parse(signed!.body));
  expect(read.attempts).toEqual(attempt === 0 ? {} : { [entry.stepId]: attempt + 1 });
});

describe("a memo of so many MiB", () => {
  test("is sent whole, or its first part with a cursor to the rest", () => {
    const whole = nextRequest(ports as never, heldWith(3), "fence", workspaceWith());
    expect([whole.isCut, whole.isBeyond]).toEqual([false, false]);
    const cut = nextRequest(ports as never, heldWith(60), "fence", workspaceWith("pages"));
    expect([cut.isCut, cut.isBeyond]).toEqual([true, false]);
    expect(Buffer.byteLength(cut.signed!.body)).toBeLessThanOrEqual(REQUEST_BYTES_MAX);
  });

  test("is a small request when its app fetches large values, and has an end all the same", () => {
    const sizes = [20, 40].map((count) => {
      const request = nextRequest(ports as never, heldWith(count), "fence", workspaceWith("pages", "refs"));
      expect([request.isCut, request.hasRefs, request.isBeyond]).toEqual([false, true, false]);
      return Buffer.byteLength(request.signed!.body);
    });
    expect(sizes[1]).toBeLessThan(16 * 1024);
    const few = nextRequest(ports as never, heldWith(0), "fence", workspaceWith("pages", "refs"));
    expect(few.hasRefs).toBe(false);
    const beyond = nextRequest(ports as never, heldWith(64), "fence", workspaceWith("pages", "refs"));
    expect([beyond.signed, beyond.isBeyond]).toEqual([null, true]);
  });

  test("pauses its run when the app cannot fetch the rest, which a person can mend", async () => {
    expect(await pausedWith(heldWith(5), workspaceWith())).toMatch(
      /no longer fit into one request of 4 MiB.*Set DURABLE_URL.*then resume\.$/,
    );
  });

  test("pauses its run beyond what any app is sent, and does not pretend that it could go on", async () => {
    const held = heldWith(MEMO_BYTES_MAX / MIB);
    for (const workspace of [workspaceWith("pages"), workspaceWith()]) {
      const sentence = await pausedWith(held, workspace);
      expect(sentence).toMatch(/more than 64 MiB in all, and no app is sent more.*cancel it/);
      expect(sentence).not.toContain("resume");
    }
  });
});

test("an app that cannot fetch large values any more is asked what it takes, and its run is not paused", async () => {
  const held = { ...heldWith(1), fence: "fence", silenceMs: null };
  const request = nextRequest(ports as never, held, "fence", workspaceWith("refs"));
  const body = Buffer.from('{"status":"need_memo","fence":"fence"}');
  const asked: number[] = [];
  const parts = {
    ...ports,
    health: { isOpen: () => false, began: () => {}, answered: () => {} },
    appClient: { call: async () => ({ kind: "answer", body, sentMs: 1, firstByteMs: 2, receivedMs: 3 }) },
    manifestChanged: (workspaceId: number) => asked.push(workspaceId),
  };
  const reply = await callApp(parts as never, held, request);
  expect(asked).toEqual([1]);
  const { kind, retryMs } = decideReply({ transportAttempt: 0, random: () => 0.5 } as Situation, reply);
  expect([kind, retryMs]).toEqual(["wait", 1_000]);
});

describe("a run that drains, when its deployment is gone", () => {
  /** What the newest is sent, after the older one did not take what it would have understood. */
  async function sentInstead(count: number, newest: WorkspaceEntry) {
    const older = {
      ...workspaceWith("pages", "refs"),
      newest,
      kept: new Map([["f", "drain"]]),
    } as unknown as WorkspaceEntry;
    const held = { ...heldWith(count), fence: "fence", silenceMs: null };
    const bodies: string[] = [];
    const call = async (_: unknown, { body }: { body: string }) => {
      bodies.push(body);
      return { kind: "never-arrived", reason: "refused", detail: "Nobody is there.", receivedMs: 1 };
    };
    const health = { isOpen: () => false, began: () => {}, unanswered: async () => false };
    const parts = { ...ports, health, appClient: { call } };
    const reply = await callApp(parts as never, held, nextRequest(ports as never, held, "fence", older));
    return { bodies, reply };
  }

  test("the newest is sent what that one takes: large values written out where it cannot fetch them", async () => {
    const { bodies } = await sentInstead(2, workspaceWith("pages"));
    expect(bodies.map((body) => body.includes('"ref":'))).toEqual([true, false]);
    expect(bodies[1]!.length).toBeGreaterThan(2 * MIB);
    const { bodies: byRef } = await sentInstead(2, workspaceWith("refs"));
    expect(byRef.map((body) => body.includes('"ref":'))).toEqual([true, true]);
  });

  test("its run pauses when the newest cannot fetch what does not fit, and the newest is sent no part of it", async () => {
    const { bodies, reply } = await sentInstead(5, workspaceWith());
    expect(bodies).toHaveLength(1);
    expect(JSON.parse(decideReply({} as Situation, reply).result!).message).toMatch(/no longer fit/);
  });
});

describe("a large event", () => {
  const withEvent = (data: string): Held => {
    const event = `{"id":"a,\\"data\\":","name":"e,\\"time\\":","data":${data},"time":"2026-10-21T09:00:00.000Z"}`;
    const held = heldWith(0);
    return { ...held, head: { ...held.head, event } };
  };
  const large = JSON.stringify({ data: 1, time: "é".repeat(REF_BYTES_MIN / 2) });
  const eventIn = (held: Held, ...capabilities: string[]) => {
    const request = nextRequest(ports as never, held, "fence", workspaceWith(...capabilities));
    return { event: JSON.parse(request.signed!.body).input.event, hasRefs: request.hasRefs };
  };

  test("goes by reference to an app that fetches large values", () => {
    const sha256 = createHash("sha256").update(large).digest("hex");
    expect(eventIn(withEvent(large), "refs")).toEqual({
      hasRefs: true,
      event: {
        id: 'a,"data":',
        name: 'e,"time":',
        ref: { id: "event", bytes: Buffer.byteLength(large), sha256 },
        time: "2026-10-21T09:00:00.000Z",
      },
    });
  });

  test("goes as it is to another app, as does a small one to each", () => {
    expect(eventIn(withEvent(large)).event.data).toEqual(JSON.parse(large));
    expect(eventIn(withEvent('{"n":1}'), "refs")).toMatchObject({
      hasRefs: false,
      event: { data: { n: 1 } },
    });
  });
});
