// How a group of errors is said. Pure.
import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type ErrorGroup = AnswerOf<"listErrors">["errors"][number];

interface Face {
  readonly label: string;
  readonly tone: Tone;
  readonly said: string;
}

export const ERROR_STATE: Readonly<Record<ErrorGroup["state"], Face>> = {
  open: { label: "Open", tone: "bad", said: "It waits for somebody to look at it." },
  resolved: {
    label: "Resolved",
    tone: "good",
    said: "Said to be mended; it is open again when it comes back.",
  },
  muted: { label: "Muted", tone: "gone", said: "Of no interest: it is counted, and stays muted." },
};

/** `src/pay.ts:12`, of a place that may have the lines around it below. */
export function placeOf(frame: string | null): string | null {
  return frame?.split("\n", 1)[0] ?? null;
}

export interface CodeLine {
  readonly number: number;
  readonly text: string;
  /** Where it happened. */
  readonly isHere: boolean;
}

/** The lines around a place, as apps in development send them: `> 12 | code`. */
export function codeLines(frame: string | null): CodeLine[] {
  return (frame ?? "").split("\n").flatMap((line) => {
    const [, mark, number, text] = /^([> ]) (\d+) \| ?(.*)$/.exec(line) ?? [];
    return number === undefined ? [] : [{ number: Number(number), text: text!, isHere: mark === ">" }];
  });
}

export interface FailureSaid {
  readonly name: string;
  readonly message: string;
  readonly frame: string | null;
  readonly stack: string | null;
}

/** An error and what caused it, the outermost first. */
export function chainOf(failure: unknown): FailureSaid[] {
  const chain: FailureSaid[] = [];
  let each = failure as Record<string, unknown> | null | undefined;
  while (each !== null && typeof each === "object" && chain.length < 10) {
    const text = (member: string) => (typeof each?.[member] === "string" ? (each[member] as string) : null);
    chain.push({
      name: text("name") ?? "Error",
      message: text("message") ?? "",
      frame: text("frame"),
      stack: text("stack"),
    });
    each = each["cause"] as typeof each;
  }
  return chain;
}
