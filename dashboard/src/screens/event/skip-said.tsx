import { joinClasses } from "../../parts/join-classes.ts";
import { RunLink } from "../../parts/run-link.tsx";
import { SKIP_REASON, type Skip } from "../../words/skip-reason.ts";
import { TONE } from "../../words/tone.ts";

export function SkipPill({ reason }: { readonly reason: Skip["reason"] }) {
  const { label, tone } = SKIP_REASON[reason];
  return (
    <span
      className={joinClasses(
        "inline-flex items-center rounded-full px-2 text-xs leading-5 font-medium whitespace-nowrap",
        TONE[tone],
      )}
    >
      {label}
    </span>
  );
}

/** Why there is no run of its own: the sentence of the engine, what it looked at, and the run it went into. In a list without what it looked at. */
export function SkipSaid({ skip, isBrief = false }: { readonly skip: Skip; readonly isBrief?: boolean }) {
  const facts = isBrief ? [] : factsOf(skip.facts);
  return (
    <div className="min-w-0">
      <p className="break-words">{skip.detail === "" ? SKIP_REASON[skip.reason].rule : skip.detail}</p>
      {facts.length > 0 && (
        <p className="mt-0.5 text-xs break-words text-muted">
          {facts.map(([name, value]) => (
            <code key={name} className="mr-3">
              {name} = {value}
            </code>
          ))}
        </p>
      )}
      {skip.run !== null && (
        <p className="mt-0.5 text-xs text-muted">
          {INTO[skip.reason] ?? "Instead: run"} <RunLink id={skip.run} />
        </p>
      )}
      {skip.started_run !== null && (
        <p className="mt-0.5 text-xs text-muted">
          Somebody ran it anyway: <RunLink id={skip.started_run} />
        </p>
      )}
    </div>
  );
}

/** What the run is that it names. */
const INTO: Readonly<Partial<Record<Skip["reason"], string>>> = {
  batched: "Part of run",
  debounced: "In its place: run",
  duplicate: "The first one's run:",
  singleton: "In its way: run",
  overlap: "In its way: run",
};

function factsOf(facts: unknown): [string, string][] {
  if (facts === null || typeof facts !== "object" || Array.isArray(facts)) return [];
  return Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === "string" ? value : value === null ? "missing" : JSON.stringify(value),
  ]);
}
