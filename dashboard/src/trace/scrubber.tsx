import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../parts/button.tsx";
import { useNowMs } from "../parts/now.ts";
import { clockTime, duration } from "../words/time.ts";
import type { TraceModel } from "./model.ts";
import type { ChangeOptions } from "./options.ts";

/** The address, and with it what the engine is asked for, hears of it when the hand rests. */
const REST_MS = 200;
const STEPS = 1_000;

/** An instant of the run. All that is shown is then as it was at that moment. */
export function Scrubber({ model, change }: { readonly model: TraceModel; readonly change: ChangeOptions }) {
  const { whole, root, atMs } = model;
  const [draft, setDraft] = useState<number | null>(null);
  const nowMs = useNowMs();
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(() => {
      change({ at: new Date(whole.ms(draft)).toISOString() });
      setDraft(null);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [draft, whole, change]);
  const x = draft ?? (atMs === null ? 1 : whole.x(atMs));
  const ms = whole.ms(x);
  const said = `${duration(Math.max(0, ms - root.trace.startMs))} after the start`;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-accent-ground px-3 py-1.5">
      <label className="flex min-w-48 flex-1 items-center gap-3 text-sm font-medium text-accent">
        As of
        <input
          type="range"
          min={0}
          max={STEPS}
          value={Math.round(Math.min(1, Math.max(0, x)) * STEPS)}
          aria-valuetext={said}
          onChange={(event) => setDraft(Number(event.target.value) / STEPS)}
          className="h-6 min-w-0 flex-1 accent-(--accent)"
        />
      </label>
      <output className="text-xs text-muted tabular-nums">
        {clockTime(new Date(ms).toISOString(), nowMs)}, {said}
      </output>
      <Button
        look="bare"
        className="min-h-6 px-1"
        aria-label="Show it as it is now"
        onClick={() => change({ at: undefined })}
      >
        <X aria-hidden size={14} />
      </Button>
    </div>
  );
}
