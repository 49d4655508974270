// What a dispatch may have, and what becomes of a run that has more.
import { MEMO_BYTES_MAX, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { describe, expect, test } from "vitest";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { JournalEntry } from "../store/journals.ts";
import { callApp } from "./call-app.ts";
import { decideReply } from "./decide-reply.ts";
import type { Held } from "./held-run.ts";
import { Memo } from "./memo.ts";
import { nextRequest } from "./next-request.ts";
import type { Situation } from "./situation.ts";

const MIB = 1024 * 1024;
const ports = {
  clock: { monotonicMs: () => 0, epochMs: () => 0, epochOf: () => 0 },
  random: { uuid: () => "0198b7e0-0000-7000-8000-000000000000", float: () => 0.5 },
};

function heldWith(count: number): Held {
  const value = JSON.stringify("x".repeat(MIB));
  const entries = Array.from({ length: count }, (_, at) => ({
    stepId: at.toString(16).padStart(32, "0"),
    seq: at + 1,
    op: "run",
    status: "ok",
    value,
    failure: null,
    isFolded: false,
    isOwed: false,
  })) as JournalEntry[];
  const head = {
    runId: "0198b7e0-0000-7000-8000-000000000001",
    functionId: "f",
    event: "{}",
    placement: null,
  };
  return { workspaceId: 1, head, stepId: null, memo: Memo.of(entries), deployment: null } as unknown as Held;
}

function workspaceWith(...capabilities: string[]): WorkspaceEntry {
  const endpoint = { capabilities: new Set(capabilities), maxDurationMs: null };
  const rest = { signingKeys: [], kept: new Map(), older: new Map(), newest: null };
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

  test("is sent by reference to an older deployment only if the newest could answer for it", () => {
    const shown = (newest: WorkspaceEntry) => {
      const older = { ...workspaceWith("pages", "refs"), newest };
      return nextRequest(ports as never, heldWith(2), "fence", older).hasRefs;
    };
    expect([shown(workspaceWith("refs")), shown(workspaceWith("pages"))]).toEqual([true, false]);
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
