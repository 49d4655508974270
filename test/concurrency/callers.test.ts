// Children in other apps: their ends and their parents' beside each other, and leave that is taken away beside its use.
import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { allowCaller, removeCaller } from "../../engine/src/store/callers.ts";
import { cancelCascades, settleChildEnds } from "../../engine/src/store/children.ts";
import type { CommitItem } from "../../engine/src/store/commit-item.ts";
import { isConflict } from "../../engine/src/store/database.ts";
import { EventRows } from "../../engine/src/store/event-rows.ts";
import { claimLeases } from "../../engine/src/store/leases.ts";
import { commitOutcomes } from "../../engine/src/store/outcomes.ts";
import { fireTimers } from "../../engine/src/store/wake-ups.ts";
import { waitFor } from "../support/wait.ts";
import { Ends } from "./rounds.ts";
import { commitItem, type HeldRun, outcome, Stage, step, stepIdOf } from "./stage.ts";

let stage: Stage;
/** The workspace of the children: its id comes after that of their parents. */
let other: number;
beforeAll(async () => {
  stage = await Stage.open(53);
  const [made] = await stage.database.sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('other', 'test') returning id`;
  other = made!.id;
  await allow();
});
afterEach(() => stage.expectInvariants());
afterAll(() => stage.close());

const allow = () =>
  allowCaller(stage.database, other, { app: "race", functions: ["*"], actor: "test", reason: null });
const remove = () => removeCaller(stage.right, other, "race", "test");

async function versionNow(): Promise<number> {
  const [row] = await stage.database.sql<{ version: number }[]>`
    select registry_version as version from durable.workspaces where id = ${other}`;
  return row!.version;
}

/** The commit by which a run starts a child in the other workspace, allowed by this version of its registry. */
function calling(
  parent: HeldRun,
  version: number,
  { timeoutMs = null as number | null, spawns = false } = {},
): CommitItem {
  const cause = { ...stage.event("durable.invoke", "null"), workspaceId: other };
  const data = {
    run: cause.id,
    kind: spawns ? "spawn" : "invoke",
    on_cancel: "cascade",
    depth: 1,
    workspace: other,
    version,
  };
  const events = new EventRows();
  events.add({ ...cause, runs: [stage.run({ runId: cause.id, fence: null })] }, 1, version);
  const entry = spawns
    ? step("call", "ok", { op: "spawn", value: JSON.stringify(cause.id) })
    : step("call", "pending", { op: "invoke", dueMs: timeoutMs });
  const effects = [{ kind: "child", stepId: stepIdOf("call"), data: JSON.stringify(data) } as const];
  return commitItem(parent, outcome(spawns ? "requeue" : "wait", { steps: [entry], effects }), { events });
}

const childOf = ({ events }: CommitItem) => events!.entries[0]!.row.id;

interface Family {
  readonly parent: HeldRun;
  readonly child: HeldRun;
}

/** Parents that wait for a child each, which is leased and belongs to the other workspace. */
async function families(count: number, timeoutMs: number | null = null): Promise<Family[]> {
  const parents = await stage.startRuns(count);
  const version = await versionNow();
  const items = parents.map((parent) => calling(parent, version, { timeoutMs }));
  for (const { state } of await commitOutcomes(stage.left, stage.engineId, items))
    expect(state).toBe("applied");
  const leases = await claimLeases(stage.left, stage.engineId, count);
  return items.map((item, at) => {
    const child = leases.find(({ runId }) => runId === childOf(item))!;
    expect(child.workspaceId).toBe(other);
    return { parent: parents[at]!, child };
  });
}

const cancel = (run: HeldRun) =>
  stage.right.sql`select durable.cancel_run(${run.workspaceId}, ${run.runId}, 'test', 'because')`;
const complete = (run: HeldRun) =>
  commitOutcomes(stage.left, stage.engineId, [commitItem(run, outcome("completed", { result: '"done"' }))]);

async function tellAll(): Promise<void> {
  while ((await settleChildEnds(stage.left, 10)) + (await cancelCascades(stage.right, 10)) > 0);
}

async function stateOf({ parent, child }: Family) {
  const [state] = await stage.database.sql`
    select coalesce(p.status, l.status) as parent, coalesce(c.status, 'alive') as child, s.status as entry, s.value, s.failure,
      l.journal_seq as head, (select count(*)::int from durable.child_ends) + (select count(*)::int from durable.cascades) as owed
    from durable.runs p
    left join durable.live_runs l on l.workspace_id = p.workspace_id and l.run_id = p.id
    join durable.steps s on s.workspace_id = p.workspace_id and s.run_id = p.id
    join durable.runs c on c.workspace_id = ${other} and c.id = ${child.runId}
    where p.workspace_id = ${stage.workspaceId} and p.id = ${parent.runId}`;
  return state!;
}

const TIMEOUT = { timeout: 300_000 };

test(
  "a child ends beside its parent's cancel, in another app: both end once, and nothing is owed",
  TIMEOUT,
  async () => {
    const ends = new Ends("completed", "cancelled");
    for (const count of ends.batches()) {
      for (const both of await families(count)) {
        await stage.race(
          () => complete(both.child),
          () => cancel(both.parent).then(() => cancelCascades(stage.right, 10)),
          // Two statements against one: they need a lead to be first.
          6,
        );
        await tellAll();
        const state = await stateOf(both);
        expect(state).toMatchObject({ parent: "cancelled", entry: "cancelled", owed: 0 });
        ends.add(state["child"]);
      }
    }
  },
);

test(
  "a child ends beside the timeout of the step that invoked it in another app: one of the two is told",
  TIMEOUT,
  async () => {
    const ends = new Ends("err", "ok");
    for (const _ of ends.rounds(200)) {
      const [both] = await families(1, 0);
      await stage.race(
        () => complete(both!.child),
        () => fireTimers(stage.right, 100),
      );
      await tellAll();
      await fireTimers(stage.right, 100);
      await tellAll();
      const state = await stateOf(both!);
      expect(state).toMatchObject({ parent: "queued", head: 1, owed: 0 });
      if (state["entry"] === "ok") expect(state["value"]).toBe('"done"');
      else expect(state["failure"]).toContain("InvokeTimeoutError");
      ends.add(state["entry"]);
      await cancel(both!.parent);
      await tellAll();
    }
  },
);

test(
  "two apps whose runs cancel each other's children wait for each other, and never for ever",
  TIMEOUT,
  async () => {
    const ends = new Ends("cancelled");
    for (const count of ends.batches(10, 200)) {
      const [first, second] = [await families(count), await families(count)];
      await stage.race(
        async () => void (await Promise.all(first.map(({ parent }) => cancel(parent)))),
        async () => void (await Promise.all(second.map(({ child }) => complete(child)))),
      );
      await stage.race(
        () => settleChildEnds(stage.left, 100),
        () => cancelCascades(stage.right, 100),
      );
      await tellAll();
      for (const both of first) ends.add((await stateOf(both))["child"]);
      await stage.endAll();
      await tellAll();
    }
  },
);

test(
  "leave is taken away beside the commit that uses it: the child came before, or the commit is to be matched again",
  TIMEOUT,
  async () => {
    const ends = new Ends("applied", "stale", "conflict");
    for (const _ of ends.rounds(300)) {
      const parent = await stage.startRun();
      const item = calling(parent, await versionNow());
      const [state] = await stage.race(
        () =>
          commitOutcomes(stage.left, stage.engineId, [item]).then(
            ([end]) => end!.state as string,
            (error) => {
              if (!isConflict(error)) throw error;
              return "conflict";
            },
          ),
        remove,
      );
      const rows = await stage.database
        .sql`select 1 from durable.children where workspace_id = ${other} and run_id = ${childOf(item)}`;
      expect(rows).toHaveLength(state === "applied" ? 1 : 0);
      if (state === "conflict") {
        const [again] = await commitOutcomes(stage.left, stage.engineId, [item]);
        expect(again!.state).toBe("stale");
      }
      ends.add(state as "applied");
      await allow();
      await stage.endAll();
      await tellAll();
    }
  },
);

test("of two commits in one group one was matched before a change: both are matched again, and neither is repeated for ever", async () => {
  const before = await versionNow();
  const parents = (await stage.startRuns(2)).toSorted((a, b) => (a.runId < b.runId ? -1 : 1));
  await allow();
  const after = await versionNow();
  expect(after).toBe(before + 1);
  for (const versions of [
    [before, after],
    [after, before],
  ]) {
    const items = parents.map((parent, at) => calling(parent, versions[at]!));
    const ends = await commitOutcomes(stage.left, stage.engineId, items);
    expect(ends.map(({ state }) => state)).toEqual(["stale", "stale"]);
  }
  await stage.endAll();
});

test(
  "who takes leave away waits for the commit that uses it, and a commit for who takes it away",
  TIMEOUT,
  async () => {
    const { host, port, user, database } = stage.database.address;
    const connection = postgres({ host, port, user, database, max: 1 } as postgres.Options<never>);
    const held = await connection.reserve();
    const blocked = (name: string) =>
      waitFor(`${name} to wait`, async () => {
        const [row] = await stage.database.sql`
        select 1 from pg_stat_activity where application_name = ${name} and wait_event_type = 'Lock'`;
        return row !== undefined;
      });
    try {
      const parent = await stage.startRun();
      const item = calling(parent, await versionNow());
      // Somebody is taking it away; the commit has seen the version before.
      await held`begin`;
      await held`select durable.remove_caller(${other}, 'race', 'test')`;
      const committed = commitOutcomes(stage.left, stage.engineId, [item]).catch((error: unknown) => error);
      await blocked("left");
      await held`commit`;
      expect(isConflict(await committed)).toBe(true);
      expect((await commitOutcomes(stage.left, stage.engineId, [item]))[0]!.state).toBe("stale");
      await allow();

      // A commit is under way; who takes it away is answered after it.
      const version = await versionNow();
      const child = randomUUID();
      const data = JSON.stringify({
        run: child,
        kind: "spawn",
        on_cancel: "abandon",
        depth: 1,
        workspace: other,
        version,
      });
      await held`begin`;
      await held`select durable.effect_child(array[${stage.workspaceId}::int], array[${parent.runId}::uuid], array[${randomUUID()}::uuid], array[${data}::text])`;
      let isAnswered = false;
      const removed = remove().then((done) => {
        isAnswered = true;
        return done;
      });
      await blocked("right");
      expect(isAnswered).toBe(false);
      await held`rollback`;
      expect(await removed).toBe(true);
      await allow();
    } finally {
      held.release();
      await connection.end();
    }
    await stage.endAll();
    await tellAll();
  },
);
