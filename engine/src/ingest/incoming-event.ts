import type { Gate } from "../domain/gates.ts";
import type { NewEvent } from "../domain/new-event.ts";
import type { SkipRow } from "../store/event-rows.ts";

/** An event as a door hands it in. */
export interface IncomingEvent extends NewEvent {
  /** It is the tick of a schedule, or was started like one. */
  readonly tick?: {
    /** What keeps runs of the schedule apart; null: nothing. */
    readonly gate: Gate | null;
    /** Why it starts no run; null: it does. */
    readonly skip: Pick<SkipRow, "reason" | "detail" | "facts"> | null;
  };
}
