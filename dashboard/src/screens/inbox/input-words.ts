// How a question to a person is said. Pure.
import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type Input = AnswerOf<"listInputs">["inputs"][number];

export const INPUT_STATUS: Readonly<
  Record<Input["status"], { readonly label: string; readonly tone: Tone }>
> = {
  open: { label: "Open", tone: "calm" },
  answered: { label: "Answered", tone: "good" },
  expired: { label: "Expired", tone: "bad" },
  cancelled: { label: "No longer asked", tone: "gone" },
};

export function titleOf({ title, name }: Pick<Input, "title" | "name">): string {
  return title ?? name;
}

/** What came of an approval; null where the value is none. */
export function decisionOf(
  value: unknown,
): { readonly approved: boolean; readonly comment: string | null } | null {
  const { approved, comment } = (value ?? {}) as { readonly approved?: unknown; readonly comment?: unknown };
  if (typeof approved !== "boolean") return null;
  return { approved, comment: typeof comment === "string" && comment !== "" ? comment : null };
}
