import type { AnswerOf } from "@durable/engine/api";
import { Check, CircleMinus, CirclePlus, Pencil } from "lucide-react";
import { FunctionLink } from "../../parts/run-link.tsx";
import { countOf } from "../../words/number.ts";

type Found = AnswerOf<"syncApp">;

const KINDS = [
  { kind: "added", label: "New", icon: CirclePlus, look: "text-good" },
  { kind: "changed", label: "Changed", icon: Pencil, look: "text-calm" },
  { kind: "removed", label: "Removed: runs go on, no new ones start", icon: CircleMinus, look: "text-bad" },
] as const;

/** What a sync has found to be different. */
export function SyncDiff({ found }: { readonly found: Found }) {
  const isSame = KINDS.every(({ kind }) => found[kind].length === 0);
  return (
    <div role="status" className="mt-3 space-y-2 text-sm">
      <p className="flex items-center gap-1.5">
        <Check aria-hidden size={14} className="text-good" />
        {found.sdk} answered. {isSame ? "Nothing has changed" : "This has changed"};{" "}
        {countOf(found.unchanged.length, "function")} {found.unchanged.length === 1 ? "is" : "are"} as before.
      </p>
      {KINDS.map(
        ({ kind, label, icon: Icon, look }) =>
          found[kind].length > 0 && (
            <div key={kind}>
              <h3 className={`flex items-center gap-1.5 font-medium ${look}`}>
                <Icon aria-hidden size={14} />
                {label}
              </h3>
              <ul className="flex flex-wrap gap-x-4 pl-5">
                {found[kind].map(({ id, version }) => (
                  <li key={id}>
                    <FunctionLink id={id} /> <span className="text-muted">v{version}</span>
                  </li>
                ))}
              </ul>
            </div>
          ),
      )}
    </div>
  );
}
