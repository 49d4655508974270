import { CANCEL_ON_MAX, type CancelOn } from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";
import { awaitedOnWire, checkMatch } from "./steps/awaited.ts";

/** An event that cancels a run of the function, while it is under way. */
export interface CancelOnOptions {
  /** The event's name, without wildcards. */
  readonly event: string;
  /**
   * Which runs: `"order.id"` is a path whose value must be the same in the data of this event and of the one that
   * started the run; an object says what the data must equal. Without it, and without `if`, every run.
   */
  readonly match?: string | Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** An expression (CEL) over `event` and `trigger`, the event that started the run, that must hold as well. */
  readonly if?: string | undefined;
  /** Only that long after the run began, up to 366 days; as long as it is under way unless told. */
  readonly timeout?: Duration | undefined;
}

/** @throws TypeError with what is wrong with it. */
export function cancelOnWire(cancelOn: readonly CancelOnOptions[]): CancelOn[] {
  if (!Array.isArray(cancelOn) || cancelOn.length > CANCEL_ON_MAX) {
    throw new TypeError(`"cancelOn" is a list of at most ${CANCEL_ON_MAX} events.`);
  }
  return cancelOn.map((each: CancelOnOptions, index) => {
    const subject = `cancelOn[${index}]`;
    try {
      const { match, timeout, ...rest } = each;
      return {
        ...awaitedOnWire(subject, rest),
        ...(match !== undefined && { match: typeof match === "string" ? match : checkMatch(subject, match) }),
        ...(timeout !== undefined && { timeout_ms: durationMs(timeout) }),
      };
    } catch (error) {
      throw new TypeError((error as Error).message);
    }
  });
}
