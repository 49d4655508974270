import { isEventNameFor } from "@durable/protocol/wire";
import type { Duration } from "./duration.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** Each event of this name starts a run. */
export interface EventTrigger {
  /** An event's name; `*` in it stands for any characters. */
  readonly event: string;
  /** An expression (CEL) over the event that must hold. */
  readonly if?: string | undefined;
  /** Any Standard Schema (zod, valibot, arktype): types `event.data`, and checks it when a run starts. */
  readonly schema?: StandardSchema | undefined;
}

/** Each tick starts a run. */
export interface CronTrigger {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** An expression (CEL) over the event of a tick, as the run would get it, that must hold. */
  readonly if?: string | undefined;
  /** IANA time zone, such as `Europe/Zurich`; UTC unless told. */
  readonly tz?: string | undefined;
  /** Each run begins up to so much after its tick, at most an hour: spreads what many schedules start at full hours. */
  readonly jitter?: Duration | undefined;
  /**
   * What becomes of ticks that came when no engine ran: only the newest is made up for (`"last"`, the default), all are
   * (`"all"`: at most the newest 1,000), or none is. A tick that is less than a minute late is in time.
   */
  readonly catchUp?: "none" | "last" | "all" | undefined;
  /**
   * What a tick does while a run of an earlier one is under way: starts another beside it (`"allow"`, the default), is
   * skipped, waits until it has ended (`"queue"`), or cancels it first.
   */
  readonly overlap?: "allow" | "skip" | "queue" | "cancel" | undefined;
  /** What the runs get as `event.data`; `{ schedule, tick }` unless told. */
  readonly data?: unknown;
}

/** What starts runs of a function. */
export type Trigger = EventTrigger | CronTrigger;

export function triggersOf(options: {
  readonly trigger?: Trigger | undefined;
  readonly triggers?: readonly Trigger[] | undefined;
}): readonly Trigger[] {
  return options.triggers ?? (options.trigger === undefined ? [] : [options.trigger]);
}

/** What a function takes by its triggers: one schema can be held against anything, of several none. */
export function onlySchemaOf(triggers: readonly Trigger[]): StandardSchema | undefined {
  const [first, ...others] = triggers;
  return first !== undefined && "event" in first && others.length === 0 ? first.schema : undefined;
}

/** Whether an event of this name is meant: `order.*` means `order.placed`. */
export function isFor(trigger: Trigger, eventName: string): trigger is EventTrigger {
  return "event" in trigger && isEventNameFor(trigger.event, eventName);
}
