import { useMemo } from "react";
import { CopyButton } from "./copy-button.tsx";
import { jsonText, sizeSaid, unfoldedLevels } from "./json-view-model.ts";
import { JsonNode } from "./json-view-node.tsx";

/** Below this nobody wonders how large it is. */
const SIZE_SAID_FROM = 2_000;

interface JsonViewProps {
  readonly value: unknown;
  /** What it is, for who hears the page, and for what the button copies: `Output`. */
  readonly label: string;
  /** The label as a heading above it. */
  readonly isTitled?: boolean;
}

/** Any JSON value, as a tree that unfolds as far as somebody looks. What an app wrote is text here, whatever it says. */
export function JsonView({ value, label, isTitled = false }: JsonViewProps) {
  const characters = useMemo(() => JSON.stringify(value ?? null)?.length ?? 0, [value]);
  const levels = useMemo(() => unfoldedLevels(value), [value]);
  return (
    <section aria-label={label} className="relative min-w-0">
      <div
        className={
          isTitled ? "mb-1 flex min-h-8 items-center gap-2" : "absolute top-1 right-1 z-1 flex items-center"
        }
      >
        {isTitled && <h3 className="text-sm font-semibold">{label}</h3>}
        {characters >= SIZE_SAID_FROM && <span className="text-xs text-muted">{sizeSaid(characters)}</span>}
        <CopyButton
          text={() => jsonText(value)}
          what={label.toLowerCase()}
          className="min-h-6 min-w-6 px-1"
        />
      </div>
      {/* A new value begins as folded as if it were the first. */}
      <div className="overflow-x-auto rounded-md border border-line bg-sunken/40 py-1.5 pr-9 pl-1 font-mono text-[12.5px] leading-5">
        <JsonNode key={characters} name={null} value={value} open={levels} />
      </div>
    </section>
  );
}
