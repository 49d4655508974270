import { expect, test } from "vitest";
import type { Effect, Outcome, OutcomeKind, StepEntry } from "../domain/outcome.ts";
import type { FunctionEntry } from "../registry/function-entry.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../registry/workspace-registry.ts";
import { type CommitParts, commitUntilMatched } from "./commit-matched.ts";
import { DEPTH_MAX, decideInvoke } from "./decide-invoke.ts";
import { knowingTargets, type TargetParts } from "./known-targets.ts";
import { Memo } from "./memo.ts";
import { OutcomeDraft } from "./outcome-draft.ts";
import { idOf, situationWith } from "./situation.fixture.ts";

const OWN = 1;
const OTHER = 2;
const clock = { epochMs: () => 1_700_000_000_000, monotonicMs: () => 0 };
const random = { bytes: (length: number) => new Uint8Array(length), float: () => 0.5 };

function fn(id: string): FunctionEntry {
  const manifest = { id, triggers: [], timeouts: { finish_ms: 5_000 } } as never;
  return { id, version: 3, manifest, retry: {} as never, input: null, limits: [] };
}

function entry(workspaceId: number, version: number, more: Partial<WorkspaceEntry> = {}): WorkspaceEntry {
  const app = workspaceId === OWN ? "shop" : "billing";
  const rest = { pauses: [], functions: new Map(), callers: new Map(), listeners: { of: () => [] } };
  return { workspaceId, app, environment: "prod", version, ...rest, ...more } as unknown as WorkspaceEntry;
}

const open = (version: number, allowed: readonly string[] | null, ...ids: string[]) =>
  entry(OTHER, version, {
    functions: new Map(ids.map((id) => [id, fn(id)])),
    callers: new Map(allowed === null ? [] : [["shop", allowed]]),
  });

/** What becomes of one step that invokes a function of the other app, when it is committed. */
async function committed(versions: readonly WorkspaceEntry[], kind: OutcomeKind = "wait", spawn = false) {
  const draft = new OutcomeDraft();
  const others = new Map([
    ["billing", { workspaceId: OTHER, allowed: ["*"], functions: new Map([["charge", fn("charge")]]) }],
  ]);
  const situation = situationWith(Memo.of([]), {
    others,
    newEventId: () => "0192f0c1-0000-7000-8000-000000000001",
  });
  decideInvoke(
    situation,
    { op: "invoke", id: idOf("call"), name: "call", n: 0, fn: "charge", app: "billing", spawn },
    draft,
  );
  const decided = draft.progress(kind);
  const written: { outcome: Outcome; registry: unknown; workspaces: number[] }[] = [];
  let now = 0;
  const registry = {
    of: (id: number) => Promise.resolve(id === OWN ? entry(OWN, 1) : versions[now]!),
    forget: (id: number) => {
      if (id === OTHER && now < versions.length - 1) now += 1;
    },
  } as unknown as WorkspaceRegistry;
  const parts: CommitParts = {
    ...({ clock, random } as unknown as CommitParts),
    registry,
    committer: {
      commit({ outcome, events }) {
        const workspaces = events?.entries.map(({ row }) => row.workspaceId) ?? [];
        written.push({ outcome, registry: events?.registry, workspaces });
        const isLast = written.length === versions.length;
        return Promise.resolve({ state: isLast ? ("applied" as const) : ("stale" as const), journalSeq: 0 });
      },
    },
  };
  const item = {
    workspaceId: OWN,
    runId: "0192f0c1-0000-7000-8000-0000000000aa",
    fence: "f",
    outcome: decided,
  } as never;
  const { outcome } = await commitUntilMatched(parts, entry(OWN, 1), item, null);
  return { decided, outcome, written };
}

const childOf = ({ effects }: Outcome): Effect | undefined => effects.find(({ kind }) => kind === "child");
const step = ({ steps }: Outcome): StepEntry => steps[0]!;

test("a child goes into the other workspace, with the version that allowed it, and so does what comes of its match", async () => {
  const { decided, outcome, written } = await committed([open(7, ["ch*"], "charge")]);
  expect(outcome).toBe(decided);
  const [once] = written;
  expect(once).toMatchObject({ workspaces: [OTHER], registry: [[OTHER, 7]] });
  expect(JSON.parse(childOf(once!.outcome)!.data)).toMatchObject({
    workspace: OTHER,
    version: 7,
    kind: "invoke",
    depth: 1,
  });
  const timeout = once!.outcome.effects.find(({ kind }) => kind === "timeout")!;
  expect(JSON.parse(timeout.data)).toMatchObject({ workspace: OTHER, kind: "finish", ms: 5_000 });
});

test("matched again, it has the version of then", async () => {
  const { outcome, decided, written } = await committed([open(7, ["*"], "charge"), open(8, ["*"], "charge")]);
  expect(outcome).toBe(decided);
  expect(written.map(({ outcome }) => JSON.parse(childOf(outcome)!.data).version)).toEqual([7, 8]);
});

test.each<[string, WorkspaceEntry]>([
  ["leave was taken away", open(8, null, "charge")],
  ["leave is for others now", open(8, ["refund"], "charge")],
  ["its function is gone", open(8, ["*"])],
])(
  "%s meanwhile: the step has failed, nothing is sent, and a run that was to wait goes on",
  async (_, then) => {
    const { outcome, decided, written } = await committed([open(7, ["*"], "charge"), then]);
    expect(outcome).not.toBe(decided);
    expect(outcome).toMatchObject({ kind: "requeue", sends: [], effects: [] });
    expect(step(outcome)).toMatchObject({ status: "err", value: null, dueMs: null });
    expect(JSON.parse(step(outcome).failure!)).toMatchObject({ name: "ForeignAppError", retry: false });
    expect(written.at(-1)).toMatchObject({ workspaces: [] });
  },
);

test("a spawn that may no longer has failed, too, and the run keeps its lease", async () => {
  const { outcome } = await committed([open(7, null, "charge")], "continue", true);
  expect(outcome.kind).toBe("continue");
  expect(step(outcome)).toMatchObject({ op: "spawn", status: "err", value: null });
});

test("an invoked child of another app counts as deep as one's own", () => {
  const draft = new OutcomeDraft();
  const others = new Map([
    ["billing", { workspaceId: OTHER, allowed: ["*"], functions: new Map([["charge", fn("charge")]]) }],
  ]);
  const situation = situationWith(Memo.of([]), { others, depth: DEPTH_MAX });
  decideInvoke(
    situation,
    { op: "invoke", id: idOf("call"), name: "call", n: 0, fn: "charge", app: "billing" },
    draft,
  );
  expect(JSON.parse(draft.steps[0]!.failure!).name).toBe("TooDeepError");
});

test("other apps are read for ops that name them alone, and again before a refusal", async () => {
  const asked: string[] = [];
  const parts: TargetParts = {
    registry: {
      named: (app) => {
        asked.push(`named ${app}`);
        return Promise.resolve(app === "billing" ? open(1, ["charge"], "charge", "refund") : null);
      },
    },
    functionsNow: (id) => {
      asked.push(`now ${id}`);
      return Promise.resolve(id === OWN ? own : open(2, ["charge"], "charge", "refund"));
    },
  };
  const own = entry(OWN, 1, { functions: new Map([["bill", fn("bill")]]) });
  const invoke = (id: string, app?: string) =>
    ({ op: "invoke", id: idOf(id), name: id, n: 0, fn: id, app }) as const;
  const run = { op: "run", id: idOf("r"), name: "r", n: 0, st: "ok" } as const;
  const known = async (...ops: Parameters<typeof knowingTargets>[2]) => {
    asked.length = 0;
    return await knowingTargets(parts, own, ops);
  };

  expect((await known(run, invoke("bill"), invoke("bill", "shop"))).others.size).toBe(0);
  expect(asked).toEqual([]);
  const { others } = await known(invoke("charge", "billing"));
  expect(asked).toEqual(["named billing"]);
  // What it may not is not there for it.
  expect([...others.get("billing")!.functions.keys()]).toEqual(["charge"]);
  await known(invoke("refund", "billing"));
  expect(asked).toEqual(["named billing", `now ${OTHER}`]);
  await known(invoke("charge", "nowhere"));
  expect(asked).toEqual(["named nowhere"]);
  await known(invoke("other"));
  expect(asked).toEqual([`now ${OWN}`]);
});
