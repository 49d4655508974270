import { Link, useSearch } from "@tanstack/react-router";
import { ChevronDown, ChevronRight, Pause } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Button } from "../../parts/button.tsx";
import { Meter } from "../../parts/meter.tsx";
import { countOf } from "../../words/number.ts";
import { GateQueue } from "./gate-queue.tsx";
import { type Gate, gateId, keySaid, type Limit } from "./limit-words.ts";
import { PauseKeyDialog } from "./pause-key-dialog.tsx";

/** The busiest keys of a limit, each with its queue when it is unfolded. */
export function GateRows({ limit, keyName }: { readonly limit: Limit; readonly keyName: string | null }) {
  return (
    <ul
      className="border-t border-line text-sm"
      aria-label={keyName === null ? "Its queue" : "Its busiest keys"}
    >
      {limit.gates.map((gate) => (
        <GateRow key={gateId(limit, gate)} limit={limit} gate={gate} />
      ))}
    </ul>
  );
}

function GateRow({ limit, gate }: { readonly limit: Limit; readonly gate: Gate }) {
  const [isPausing, pause] = useState(false);
  const params = useWorkspaceParams();
  const { gate: unfolded } = useSearch({ from: "/$app/$env/limits" });
  const { data } = useAnswer("listPauses", { params });
  const id = gateId(limit, gate);
  const isOpen = unfolded === id;
  const hasKey = gate.key !== null && gate.key !== undefined;
  const key = JSON.stringify(gate.key ?? null);
  const isPaused =
    data?.pauses.some((each) => each.limit === limit.id && JSON.stringify(each.key) === key) ?? false;
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <li className="border-t border-line first:border-t-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-1.5">
        <Link
          to="."
          search={((now: object) => ({ ...now, gate: isOpen ? undefined : id })) as never}
          resetScroll={false}
          role="button"
          aria-expanded={isOpen}
          className="inline-flex min-h-7 min-w-0 flex-1 basis-40 items-center gap-1 font-mono text-[13px] break-all hover:underline"
        >
          <Icon aria-hidden size={14} className="shrink-0 text-muted" />
          {hasKey ? keySaid(gate.key) : <span className="font-sans">All together</span>}
        </Link>
        {isPaused && (
          <span className="rounded bg-held-ground px-1.5 text-xs leading-5 font-medium text-held">
            Paused
          </span>
        )}
        {gate.unit !== "start" && <Meter used={gate.used} most={limit.count} what="places are taken" />}
        <span
          className={gate.parked > 0 ? "w-24 text-right font-medium text-calm" : "w-24 text-right text-muted"}
        >
          {gate.parked === 0 ? "nobody waits" : countOf(gate.parked, "job waits", "jobs wait")}
        </span>
        {hasKey && !isPaused && (
          <Button look="bare" className="min-h-7" onClick={() => pause(true)}>
            <Pause aria-hidden size={13} />
            Pause<span className="sr-only"> the key {keySaid(gate.key)}</span>
          </Button>
        )}
      </div>
      {isOpen && <GateQueue limit={limit} gate={gate} />}
      {isPausing && <PauseKeyDialog limit={limit} gate={gate} onClose={() => pause(false)} />}
    </li>
  );
}
