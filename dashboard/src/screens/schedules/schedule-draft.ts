// A schedule while somebody writes it. Pure.
import type { InputOf } from "@durable/engine/api";
import { parseExactly } from "../../api/exact-json.ts";
import { cronFlaw, isScheduleId, isZone, type Schedule } from "./schedule-words.ts";

export interface Draft {
  readonly id: string;
  readonly functionId: string;
  readonly cron: string;
  readonly zone: string;
  readonly condition: string;
  readonly jitterS: string;
  readonly catchUp: Schedule["catch_up"];
  readonly overlap: Schedule["overlap"];
  /** JSON; empty for none. */
  readonly data: string;
}

/** Of the fields that change one. */
export interface DraftFieldProps {
  readonly draft: Draft;
  readonly set: (part: Partial<Draft>) => void;
}

export function draftOf(schedule: Schedule | null, readersZone: string): Draft {
  return {
    id: schedule?.id ?? "",
    functionId: schedule?.function ?? "",
    cron: schedule?.cron ?? "",
    zone: schedule?.tz ?? readersZone,
    condition: schedule?.if ?? "",
    jitterS: String((schedule?.jitter_ms ?? 0) / 1_000),
    catchUp: schedule?.catch_up ?? "last",
    overlap: schedule?.overlap ?? "allow",
    data: schedule === null || schedule.data === null ? "" : JSON.stringify(schedule.data, null, 2),
  };
}

const JITTER_S_MAX = 3_600;

/** The members that cannot be sent as they are. */
export function flawsOf({ id, functionId, cron, zone, jitterS, data }: Draft): (keyof Draft)[] {
  const flaws: [keyof Draft, boolean][] = [
    ["id", !isScheduleId(id)],
    ["functionId", functionId === ""],
    ["cron", cronFlaw(cron) !== null],
    ["zone", !isZone(zone)],
    ["jitterS", !(/^\d+(\.\d{1,3})?$/.test(jitterS) && Number(jitterS) <= JITTER_S_MAX)],
    ["data", data.trim() !== "" && !isJson(data)],
  ];
  return flaws.filter(([, isFlaw]) => isFlaw).map(([member]) => member);
}

export function bodyOf(draft: Draft): InputOf<"createSchedule">["body"] {
  return {
    id: draft.id,
    function: draft.functionId,
    cron: draft.cron.trim(),
    tz: draft.zone,
    if: draft.condition.trim() === "" ? null : draft.condition.trim(),
    jitter_ms: Math.round(Number(draft.jitterS) * 1_000),
    catch_up: draft.catchUp,
    overlap: draft.overlap,
    data: draft.data.trim() === "" ? null : parseExactly(draft.data),
  };
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
