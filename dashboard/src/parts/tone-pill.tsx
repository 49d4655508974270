import type { ReactNode } from "react";
import type { Tone } from "../words/run-status.ts";
import { TONE } from "../words/tone.ts";

/** A state in a word, with its colour. */
export function TonePill({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center rounded-full px-2 text-xs leading-5 font-medium whitespace-nowrap ${TONE[tone]}`}
    >
      {children}
    </span>
  );
}
