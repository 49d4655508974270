import type { Logger } from "pino";
import { Loop, type NextRound } from "../runtime/loop.ts";
import type { Ports } from "../runtime/ports.ts";
import { type ReadTo, readChanges, readToNow } from "../store/changes.ts";
import type { Database } from "../store/database.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { FeedOptions } from "./feed-options.ts";
import { StreamClient } from "./stream-client.ts";
import type { Topics } from "./topics.ts";
import { WorkspaceFeed } from "./workspace-feed.ts";

export interface StreamsOptions extends Ports {
  readonly database: Database;
  readonly log: Logger;
  readonly beatEveryMs: number;
}

export interface Opening {
  readonly workspace: FeedOptions["workspace"];
  readonly topics: Topics;
  /** The last id that the client has heard; null: it begins. */
  readonly lastEventId: string | null;
  /** Asked at every beat. Rejects when the client may not hear this any more. */
  readonly mayStay: () => Promise<unknown>;
}

interface Member {
  readonly client: StreamClient;
  readonly feed: WorkspaceFeed;
  readonly opening: Opening;
}

/** What changed is read so often, by one statement for everybody, and not at all while nobody is connected. */
const READ_EVERY_MS = 40;
const PAUSE_MS_MIN = 5;
const IDLE_MS = 60_000;
export const STREAMS_MAX = 2_000;
/** Of these by run tokens: whatever end users do, people who look after runs still see them. */
const WATCHERS_MAX = 1_500;
/** Streams of one run by run tokens, at one process. */
export const WATCHERS_PER_RUN_MAX = 100;

/** All streams of this process: who is connected, and the one reader of `changes` that tells them (decision 0038). */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #feeds = new Map<number, WorkspaceFeed>();
  /** By the id of the stream. */
  readonly #members = new Map<string, Member>();
  readonly #loop: Loop;
  #readTo: ReadTo | null = null;
  #cancelBeat = () => {};
  #isStopped = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#loop = new Loop({
      ...options,
      name: "streams",
      pauseMs: READ_EVERY_MS,
      round: () => this.#round(),
      onError: (error) =>
        options.log.warn({ err: error }, "streams stand still; they go on when the database answers"),
    });
  }

  start(): void {
    void this.#loop.start();
    this.#beatLater();
  }

  /** Clients come back by themselves, to another process. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelBeat();
    for (const member of this.#members.values()) this.#sendAway(member);
    await this.#loop.stop();
  }

  /** Null: this process has as many as it can bear. */
  open(opening: Opening): ReadableStream<Uint8Array> | null {
    if (this.#members.size >= (opening.topics.watched === null ? STREAMS_MAX : WATCHERS_MAX)) return null;
    const sid = this.#options.random.uuid();
    const client = new StreamClient(sid, opening.topics, () => this.#forget(member));
    const member: Member = { client, feed: this.#feedOf(opening.workspace), opening };
    this.#members.set(sid, member);
    if (this.#isStopped) this.#sendAway(member);
    this.#loop.kick();
    return client.outbox.body;
  }

  /** How many streams show this run to holders of tokens. */
  watchersOf(workspaceId: number, runId: string): number {
    return [...this.#members.values()].filter(
      ({ opening }) => opening.workspace.id === workspaceId && opening.topics.watched?.runId === runId,
    ).length;
  }

  /** Answers whether such a stream is open here. */
  changeTopics(workspaceId: number, sid: string, topics: Topics): boolean {
    const member = this.#members.get(sid);
    if (member?.opening.workspace.id !== workspaceId || member.client.topics.watched !== null) return false;
    member.client.change(topics);
    this.#loop.kick();
    return true;
  }

  async #round(): Promise<NextRound> {
    if (this.#members.size === 0) {
      this.#readTo = null;
      this.#feeds.clear();
      return { inMs: IDLE_MS };
    }
    const { database, clock } = this.#options;
    const beganAtMs = clock.monotonicMs();
    this.#readTo ??= await readToNow(database);
    const feeds = [...this.#feeds];
    const read = await readChanges(
      database,
      this.#readTo,
      feeds.map(([workspaceId]) => workspaceId),
    );
    this.#readTo = read.to;
    const cursor = writeCursor(read.to);
    const work = feeds.map(([workspaceId, feed]) =>
      feed.tell({
        changes: read.changes.filter((change) => change.workspaceId === workspaceId),
        lost: read.lost,
        cursor,
        rev: read.revision,
      }),
    );
    for (const member of this.#members.values()) {
      if (!member.feed.clients.has(member.client)) work.push(this.#welcome(member, read.to));
    }
    await allDone(work);
    const unshown = [...this.#members.values()].filter(({ client }) => client.hasUnshown);
    await allDone(unshown.map(({ feed, client }) => feed.show(client)));
    // What the round itself has taken is waited for already.
    return { inMs: Math.max(beganAtMs + READ_EVERY_MS - clock.monotonicMs(), PAUSE_MS_MIN) };
  }

  /** From here on it is told with the others. */
  async #welcome({ client, feed, opening }: Member, to: ReadTo): Promise<void> {
    const { workspace, lastEventId } = opening;
    if (client.topics.watched !== null) {
      // Its view comes whole, so it has missed nothing.
      client.outbox.open({});
      if (this.#members.has(client.sid)) feed.clients.add(client);
      return;
    }
    const since = lastEventId === null ? null : readCursor(lastEventId);
    const missed = since && (await readChanges(this.#options.database, since, [workspace.id], to));
    client.outbox.open({ sid: client.sid, resumed: missed?.lost === null });
    if (lastEventId !== null && missed?.lost !== null) client.outbox.reset(missed?.lost ?? "old");
    else if (missed !== null) await feed.catchUp(client, missed.changes, missed.revision);
    client.outbox.mark(writeCursor(to));
    if (this.#members.has(client.sid)) feed.clients.add(client);
  }

  #feedOf(workspace: FeedOptions["workspace"]): WorkspaceFeed {
    let feed = this.#feeds.get(workspace.id);
    if (feed === undefined) {
      feed = new WorkspaceFeed({ ...this.#options, workspace });
      this.#feeds.set(workspace.id, feed);
    }
    return feed;
  }

  #forget({ client, feed, opening }: Member): void {
    this.#members.delete(client.sid);
    feed.clients.delete(client);
    const isLast = [...this.#members.values()].every((other) => other.feed !== feed);
    if (isLast) this.#feeds.delete(opening.workspace.id);
  }

  #sendAway(member: Member): void {
    this.#forget(member);
    member.client.outbox.end();
  }

  #beatLater(): void {
    const { timers, beatEveryMs } = this.#options;
    this.#cancelBeat = timers.after(beatEveryMs, () => {
      for (const member of this.#members.values()) {
        member.client.outbox.beat();
        // It may have lost its key, or the engine its database: then it comes back and hears which.
        member.opening.mayStay().catch(() => this.#sendAway(member));
      }
      this.#beatLater();
    });
  }
}

async function allDone(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === "rejected") throw result.reason;
}
