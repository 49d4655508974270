import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Meter } from "../../parts/meter.tsx";
import { FunctionLink } from "../../parts/run-link.tsx";
import { countOf } from "../../words/number.ts";
import { GateRows } from "./gate-rows.tsx";
import { keyOf, type Limit, ownerOf, ruleOf, UNIT } from "./limit-words.ts";
import { SetLimitDialog } from "./set-limit-dialog.tsx";

const KIND: Readonly<Record<Limit["kind"], string>> = {
  concurrency: "Concurrency",
  throttle: "Throttle",
  singleton: "Singleton",
};

/** One limit: its rule, who is in, who waits, and at which of its keys. */
export function LimitCard({ limit, manifest }: { readonly limit: Limit; readonly manifest: unknown }) {
  const [isSetting, set] = useState(false);
  const key = keyOf(limit, manifest);
  const unit = limit.gates[0]?.unit;
  return (
    <article className="rounded-lg border border-line bg-raised">
      <header className="flex flex-wrap items-start gap-x-6 gap-y-2 px-4 pt-3 pb-3">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="font-semibold break-words">
            {ruleOf(limit)}
            {key !== null && (
              <span className="font-normal text-muted">
                {" "}
                for each <code className="text-text">{key}</code>
              </span>
            )}
          </h2>
          <p className="mt-0.5 text-sm text-muted">
            {limit.function === null ? (
              ownerOf(limit)
            ) : (
              <>
                {KIND[limit.kind]} of <FunctionLink id={limit.function} />
              </>
            )}
            {unit !== undefined && <>. {UNIT[unit]}</>}
          </p>
          {limit.set_to !== null && (
            <p className="mt-1 text-sm">
              <span className="rounded bg-held-ground px-1.5 py-0.5 text-xs font-medium text-held">
                Set by hand
              </span>{" "}
              The app declares {limit.declared}.
            </p>
          )}
        </div>
        <dl className="flex gap-6 text-sm">
          {limit.kind !== "throttle" && (
            <div>
              <dt className="text-xs text-muted">In</dt>
              <dd>
                <Meter used={limit.used} most={key === null ? limit.count : null} what="places are taken" />
              </dd>
            </div>
          )}
          <div>
            <dt className="text-xs text-muted">Waiting</dt>
            <dd className={limit.parked > 0 ? "font-semibold text-calm" : "text-muted"}>
              {countOf(limit.parked, "job")}
            </dd>
          </div>
        </dl>
        <Button onClick={() => set(true)}>
          <SlidersHorizontal aria-hidden size={14} />
          {limit.set_to === null ? "Set another number" : "Change or set back"}
        </Button>
      </header>
      {limit.gates.length > 0 && <GateRows limit={limit} keyName={key} />}
      {isSetting && <SetLimitDialog limit={limit} onClose={() => set(false)} />}
    </article>
  );
}
