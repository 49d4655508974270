import { randomUUID } from "node:crypto";
import { afterAll, afterEach, expect, test } from "vitest";
import { systemPorts } from "../../engine/src/runtime/system-ports.ts";
import { CHANGES_MAX } from "../../engine/src/store/changes.ts";
import type { Database } from "../../engine/src/store/database.ts";
import { STREAMS_MAX, Streams } from "../../engine/src/streams/streams.ts";
import { noTopics, parseTopics, type Topics, type Watched } from "../../engine/src/streams/topics.ts";
import { createDatabase } from "../support/postgres.ts";
import { waitFor } from "../support/wait.ts";

const database = await createDatabase();
afterAll(() => database.drop());

const warned: unknown[] = [];
const log = { warn: (error: unknown) => warned.push(error) } as never;
const all: Streams[] = [];
afterEach(async () => {
  await Promise.all(all.splice(0).map((streams) => streams.stop()));
  expect(warned.splice(0)).toEqual([]);
});

function startStreams(beatEveryMs = 60_000, from: Database = database): Streams {
  const streams = new Streams({ ...systemPorts(), database: from, log, beatEveryMs });
  all.push(streams);
  streams.start();
  return streams;
}

interface Options {
  readonly topics?: string;
  /** Instead of topics. */
  readonly watched?: Watched;
  readonly mayStay?: () => Promise<void>;
  readonly after?: string;
}

function listen(streams: Streams, id: number, options: Options = {}) {
  const heard = { text: "", isOver: false };
  const body = streams.open({
    workspace: { id, app: "shop", environment: "dev" },
    topics: options.watched
      ? { ...noTopics(), watched: options.watched }
      : (parseTopics(options.topics ?? "limits") as Topics),
    lastEventId: options.after ?? null,
    mayStay: options.mayStay ?? (() => Promise.resolve()),
  })!;
  const done = (async () => {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) heard.text += piece;
    heard.isOver = true;
  })();
  return {
    heard,
    done,
    hears: (text: string) => waitFor(`${text} in a stream`, () => heard.text.includes(text)),
    id: () =>
      heard.text
        .match(/^id: (.*)$/gm)!
        .at(-1)!
        .slice(4),
  };
}

const change = (workspace: number, subject: string) =>
  database.sql`insert into durable.changes (workspace_id, kind, subject) values (${workspace}, 'limit', ${subject})`;

test("each hears of its own workspace, once, and in order of ids that lead on", async () => {
  const streams = startStreams();
  const [one, two] = [listen(streams, 1), listen(streams, 2)];
  await Promise.all([one.hears("event: open"), two.hears("event: open")]);
  await change(1, "a");
  await one.hears('"id":"a"');
  const id = await waitFor("its id", () => one.heard.text.split("id: ").length > 2 && one.id());
  await change(2, "b");
  await change(1, "c");
  await Promise.all([two.hears('"id":"b"'), one.hears('"id":"c"')]);
  expect(one.heard.text).not.toContain('"id":"b"');
  expect(two.heard.text).not.toMatch(/"id":"(a|c)"/);
  // At another process.
  const back = listen(startStreams(), 1, { after: id });
  await back.hears('"id":"c"');
  expect(back.heard.text).not.toContain('"id":"a"');
  expect(back.heard.text).toContain('"resumed":true');
});

test("what could not be told for a moment is told afterwards, and once", async () => {
  let failures = 0;
  const sql = (template: TemplateStringsArray, ...values: never[]) => {
    if (failures > 0 && template[0]?.includes("with live as")) {
      failures -= 1;
      return Promise.reject(new Error("the database is away"));
    }
    return database.sql(template, ...values);
  };
  const flaky = { ...database, sql: Object.assign(sql, database.sql) } as unknown as Database;
  const stream = listen(startStreams(60_000, flaky), 1, { topics: "limits,counters" });
  await stream.hears('"kind":"counters"');
  failures = 2;
  await database.sql`
    insert into durable.changes (workspace_id, run_id, kind) values (1, gen_random_uuid(), 'run.created'), (1, gen_random_uuid(), 'run.created')`;
  await change(1, "told");
  await stream.hears('"id":"told"');
  await change(1, "next");
  await stream.hears('"id":"next"');
  expect(stream.heard.text.match(/"id":"told"/g)).toHaveLength(1);
  expect(failures).toBe(0);
  expect(warned.splice(0).length).toBe(2);
});

test("a process that stops sends its clients away, and takes none", async () => {
  const streams = startStreams();
  const stream = listen(streams, 1);
  await stream.hears("event: open");
  await streams.stop();
  await stream.done;
  await listen(streams, 1).done;
});

test("at every beat it is asked whether a client may stay", async () => {
  let isAllowed = true;
  const stream = listen(startStreams(10), 1, {
    mayStay: () => (isAllowed ? Promise.resolve() : Promise.reject(new Error("the key is revoked"))),
  });
  await stream.hears(": beat");
  expect(stream.heard.isOver).toBe(false);
  isAllowed = false;
  await stream.done;
});

test("after a crash of the database, and after more than can be told, all is to be read anew", async () => {
  const stream = listen(startStreams(), 1);
  await stream.hears("event: open");
  await database.sql`truncate durable.epochs`;
  await stream.hears('"reason":"old"');
  await database.sql`
    insert into durable.changes (workspace_id, kind, subject) select 1, 'limit', 'many' from generate_series(0, ${CHANGES_MAX}::int)`;
  await stream.hears('"reason":"many"');
  await change(1, "after");
  await stream.hears('"id":"after"');
  expect(stream.heard.text).not.toContain('"id":"many"');
});

test("there are no more streams than a process has room for", () => {
  const streams = startStreams();
  for (let no = 0; no < STREAMS_MAX; no += 1) listen(streams, 1);
  const opening = { workspace: { id: 1, app: "shop", environment: "dev" }, lastEventId: null };
  const topics = parseTopics("limits") as Topics;
  expect(streams.open({ ...opening, topics, mayStay: () => Promise.resolve() })).toBe(null);
});

test("holders of run tokens leave room for those who look after runs", async () => {
  const streams = startStreams();
  const open = (watched: Watched | null) =>
    streams.open({
      workspace: { id: 1, app: "shop", environment: "dev" },
      topics: { ...noTopics(), watched },
      lastEventId: null,
      mayStay: () => Promise.resolve(),
    });
  const watched: Watched = { runId: randomUUID(), fields: ["status"], knows: null };
  const bodies = Array.from({ length: 1_500 }, () => open(watched));
  expect(bodies.every((body) => body !== null)).toBe(true);
  expect(streams.watchersOf(1, watched.runId)).toBe(1_500);
  expect(open(watched)).toBeNull();
  const more = open(null);
  expect(more).not.toBeNull();
  await Promise.all([...bodies, more].map((body) => body!.cancel()));
  expect(streams.watchersOf(1, watched.runId)).toBe(0);
});

test("a stream by a run token carries no cursor, has no name, and ends when there is no such run any more", async () => {
  const streams = startStreams(10);
  const { heard, done } = listen(streams, 1, {
    watched: { runId: randomUUID(), fields: ["status"], knows: null },
  });
  await done;
  expect(heard.text.replaceAll(": beat\n\n", "")).toBe("retry: 500\nevent: open\ndata: {}\n\n");
});
