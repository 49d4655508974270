import {
  type CronTrigger as CronOnWire,
  JITTER_MS_MAX,
  type Trigger as TriggerOnWire,
} from "@durable/protocol/wire";
import { durationMs } from "./duration.ts";
import { shown } from "./options.ts";
import type { CronTrigger, Trigger } from "./trigger.ts";

/** @throws TypeError with what is wrong with it. */
export function triggerOnWire(trigger: Trigger): TriggerOnWire {
  return "event" in trigger
    ? { event: trigger.event, ...(trigger.if !== undefined && { if: trigger.if }) }
    : cronOnWire(trigger);
}

function cronOnWire({ cron, if: condition, tz, jitter, catchUp, overlap, data }: CronTrigger): CronOnWire {
  return {
    cron,
    ...(condition !== undefined && { if: condition }),
    ...(tz !== undefined && { tz }),
    ...(jitter !== undefined && { jitter_ms: jitterMs(jitter) }),
    ...(catchUp !== undefined && { catch_up: oneOf("catchUp", catchUp, ["none", "last", "all"] as const) }),
    ...(overlap !== undefined && {
      overlap: oneOf("overlap", overlap, ["allow", "skip", "queue", "cancel"] as const),
    }),
    ...(data !== undefined && { data: asJson(data) }),
  };
}

function jitterMs(jitter: NonNullable<CronTrigger["jitter"]>): number {
  const ms = durationMs(jitter);
  if (ms <= JITTER_MS_MAX) return ms;
  throw new TypeError(`jitter may be an hour at most, and is ${shown(jitter)}.`);
}

function oneOf<const Word extends string>(name: string, value: Word, words: readonly Word[]): Word {
  if (words.includes(value)) return value;
  throw new TypeError(`${name} must be one of ${words.map(shown).join(", ")}, and is ${shown(value)}.`);
}

/** As the runs will get it. */
function asJson(data: unknown): unknown {
  const text = JSON.stringify(data);
  if (text === undefined)
    throw new TypeError(`the data of a cron trigger is ${shown(data)}, which JSON cannot hold.`);
  return JSON.parse(text);
}
