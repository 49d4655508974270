import { useMemo } from "react";
import { countOf } from "../../parts/json-view-model.ts";
import { JsonNode } from "../../parts/json-view-node.tsx";
import { diffJson } from "./json-diff.ts";

const SHOWN_MAX = 100;

interface JsonDiffProps {
  readonly label: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Each place at which the two are different, with both values. */
export function JsonDiff({ label, a, b }: JsonDiffProps) {
  const changes = useMemo(() => diffJson(a ?? null, b ?? null, SHOWN_MAX + 1), [a, b]);
  if (changes.length === 0) return <p className="text-sm text-muted">{label}: the same.</p>;
  return (
    <div className="min-w-0">
      <ul aria-label={`Differences: ${label}`} className="divide-y divide-line rounded-md border border-line">
        {changes.slice(0, SHOWN_MAX).map(({ path, ...sides }) => (
          <li key={path} className="min-w-0 px-2.5 py-1.5">
            <p className="font-mono text-xs break-all text-muted">{path === "" ? "the whole value" : path}</p>
            <div className="grid gap-1 pt-1 font-mono text-[12.5px] leading-5 sm:grid-cols-2">
              <Side name="A" sign="−" value={sides.a} look="bg-bad-ground" />
              <Side name="B" sign="+" value={sides.b} look="bg-good-ground" />
            </div>
          </li>
        ))}
      </ul>
      {changes.length > SHOWN_MAX && (
        <p className="mt-1 text-xs text-muted">The first {SHOWN_MAX} differences.</p>
      )}
    </div>
  );
}

interface SideProps {
  readonly name: string;
  readonly sign: string;
  readonly value: unknown;
  readonly look: string;
}

function Side({ name, sign, value, look }: SideProps) {
  return (
    <div className={`flex min-w-0 gap-1 rounded px-1.5 py-0.5 ${value === undefined ? "text-muted" : look}`}>
      {value !== undefined && (
        <span aria-hidden className="text-muted">
          {sign}
        </span>
      )}
      <span className="sr-only">{name}:</span>
      {value === undefined ? (
        "not there"
      ) : (
        <div className={`min-w-0 flex-1 ${countOf(value) === 0 ? "-ml-4" : ""}`}>
          <JsonNode name={null} value={value} open={1} />
        </div>
      )}
    </div>
  );
}
