import { duration } from "../../words/time.ts";

/** Less than this is the noise of clocks. */
const SAID_FROM_MS = 1;

/** `+1.2 s` is longer in the second. */
export function Delta({ ms }: { readonly ms: number }) {
  if (Math.abs(ms) < SAID_FROM_MS) return <span className="text-muted">same</span>;
  return (
    <span className={ms > 0 ? "text-bad" : "text-good"}>
      {ms > 0 ? "+" : "−"}
      {duration(Math.abs(ms))}
    </span>
  );
}
