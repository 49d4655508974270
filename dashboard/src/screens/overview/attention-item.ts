import type { AnswerOf } from "@durable/engine/api";
import type { Counters } from "../../here/counters.ts";
import type { Target } from "../../here/target.ts";
import type { Workspace } from "../../words/environment.ts";
import type { Tone } from "../../words/run-status.ts";

/** Something that needs a person: a sentence, with a link to where they can do something about it. */
export interface Attention {
  readonly id: string;
  readonly tone: Tone;
  readonly said: string;
  /** Since when, or when it was seen; null where that says nothing. */
  readonly at: string | null;
  readonly target: Target;
  /** Of the link: what is there. */
  readonly leads: string;
}

export type Alert = AnswerOf<"listAlerts">["alerts"][number];
export type ErrorGroup = AnswerOf<"listErrors">["errors"][number];

/** What has been read so far. Each part is looked at by itself, so that one that is refused does not hide the others. */
export interface Seen {
  readonly alerts?: readonly Alert[] | undefined;
  readonly errors?: readonly ErrorGroup[] | undefined;
  readonly pauses?: AnswerOf<"listPauses">["pauses"] | undefined;
  readonly bulks?: AnswerOf<"listBulks">["bulks"] | undefined;
  /** Failures, the newest first. */
  readonly syncs?: AnswerOf<"listSyncs">["syncs"] | undefined;
  readonly missed?: AnswerOf<"listSkips">["skips"] | undefined;
  readonly backlog?: AnswerOf<"getMetrics">["backlog"] | undefined;
  readonly counters?: Counters | null;
  readonly workspace?: Workspace | undefined;
}

export function item(
  id: string,
  tone: Tone,
  said: string,
  at: string | null,
  target: Target,
  leads: string,
): Attention {
  return { id, tone, said, at, target, leads };
}
