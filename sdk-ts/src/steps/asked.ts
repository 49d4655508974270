import {
  ID_CHARACTERS_MAX,
  INPUT_PROMPT_CHARACTERS_MAX,
  type InputOp,
  SLEEP_MS_MAX,
} from "@durable/protocol/wire";
import type { Duration } from "../duration.ts";
import { NonRetriableError } from "../errors.ts";
import { boundedMs } from "./bounded-duration.ts";
import { checkOptions } from "./checked-options.ts";

/** What a person is asked, and who. */
export interface AskOptions {
  /** What the inbox shows; the step's name unless told. */
  readonly title?: string | undefined;
  /** What there is to know before answering. Up to 10,000 characters. */
  readonly prompt?: string | undefined;
  /** Who shall answer: a name that your inbox filters by. The engine shows it, and lets anyone answer who may. */
  readonly assignee?: string | undefined;
  /** With no answer by then, the event `durable.input.reminder` is sent, once. */
  readonly remindAfter?: Duration | undefined;
  /** With no answer by then, `escalateTo` becomes the assignee and the event `durable.input.escalated` is sent. */
  readonly escalateTo?: string | undefined;
  /** When that is. Default: as long after the reminder as that came after the question. */
  readonly escalateAfter?: Duration | undefined;
  /** After it nobody may answer, and the step resolves with null. Default, and at most, 366 days. */
  readonly timeout?: Duration | undefined;
}

/** Who answered, and when. */
export interface AnsweredBy {
  readonly by: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

type Asked = Pick<
  InputOp,
  "title" | "prompt" | "assignee" | "remind_after_ms" | "escalate_after_ms" | "escalate_to" | "timeout_ms"
>;

const OPTIONS = ["title", "prompt", "assignee", "remindAfter", "escalateTo", "escalateAfter", "timeout"];

/**
 * @param what Who was given the options, and `more` of them than all that ask take.
 * @throws NonRetriableError with what is wrong.
 */
export function askedOnWire(
  subject: string,
  options: AskOptions,
  what: string,
  more: readonly string[] = [],
): Asked {
  checkOptions(subject, what, options, [...OPTIONS, ...more]);
  const { title, prompt, assignee, remindAfter, escalateTo, escalateAfter, timeout } = options;
  const ms = (duration: Duration | undefined) =>
    duration === undefined ? undefined : boundedMs(subject, duration);
  const remindMs = ms(remindAfter);
  const timeoutMs = ms(timeout);
  const escalateMs = ms(escalateAfter) ?? (remindMs === undefined ? undefined : 2 * remindMs);
  if (escalateAfter !== undefined && escalateTo === undefined) {
    throw new NonRetriableError(`${subject}: "escalateAfter" needs "escalateTo", the one who is asked then.`);
  }
  if (escalateTo !== undefined && escalateMs === undefined) {
    throw new NonRetriableError(
      `${subject}: say when "escalateTo" is asked: with "escalateAfter", or with "remindAfter", after twice that time.`,
    );
  }
  if (escalateTo !== undefined && escalateMs! > SLEEP_MS_MAX) {
    throw new NonRetriableError(
      `${subject}: it would escalate after more than 366 days, when nobody is asked any more: say a shorter "escalateAfter".`,
    );
  }
  if (timeoutMs !== undefined && remindMs !== undefined && remindMs >= timeoutMs) {
    throw new NonRetriableError(
      `${subject}: "remindAfter" (${remindMs} ms) is not before "timeout" (${timeoutMs} ms), so nobody would ever be reminded.`,
    );
  }
  if (timeoutMs !== undefined && escalateTo !== undefined && escalateMs! >= timeoutMs) {
    throw new NonRetriableError(
      `${subject}: it would escalate after ${escalateMs} ms, which is not before "timeout" (${timeoutMs} ms): say a shorter "escalateAfter".`,
    );
  }
  return {
    ...text(subject, "title", title),
    ...text(subject, "prompt", prompt, INPUT_PROMPT_CHARACTERS_MAX),
    ...text(subject, "assignee", assignee),
    ...(remindMs !== undefined && { remind_after_ms: remindMs }),
    ...(escalateTo !== undefined && {
      escalate_after_ms: escalateMs,
      escalate_to: checked(subject, "escalateTo", escalateTo),
    }),
    ...(timeoutMs !== undefined && { timeout_ms: timeoutMs }),
  };
}

function text<Name extends string>(
  subject: string,
  name: Name,
  value: unknown,
  charactersMax = ID_CHARACTERS_MAX,
): { [Key in Name]?: string } {
  return (value === undefined ? {} : { [name]: checked(subject, name, value, charactersMax) }) as {
    [Key in Name]?: string;
  };
}

function checked(subject: string, name: string, value: unknown, charactersMax = ID_CHARACTERS_MAX): string {
  if (typeof value === "string" && value !== "" && value.length <= charactersMax) return value;
  throw new NonRetriableError(`${subject}: "${name}" must be a text of 1 to ${charactersMax} characters.`);
}
