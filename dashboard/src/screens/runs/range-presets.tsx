import { Link } from "@tanstack/react-router";
import { joinClasses } from "../../parts/join-classes.ts";
import { termValue, withTerm } from "./query-text.ts";

const PRESETS: readonly (readonly [string | null, string])[] = [
  ["15m", "15 min"],
  ["1h", "1 h"],
  ["24h", "24 h"],
  ["7d", "7 d"],
  [null, "All"],
];

/** Created since when. */
export function RangePresets({ text }: { readonly text: string }) {
  const after = termValue(text, "after");
  const isSpan = termValue(text, "before") !== null;
  return (
    <ul
      aria-label="Created since"
      className="flex w-fit rounded-md border border-line bg-raised p-0.5 text-xs"
    >
      {PRESETS.map(([value, label]) => {
        const q = withTerm(withTerm(text, "after", value), "before", null);
        const isCurrent = !isSpan && after === value;
        return (
          <li key={label}>
            <Link
              from="/$app/$env/runs"
              to="."
              search={q === "" ? {} : { q }}
              activeProps={{}}
              data-current={isCurrent}
              className={joinClasses(
                "inline-flex h-6 items-center rounded px-2 whitespace-nowrap",
                isCurrent
                  ? "bg-accent-ground font-medium text-accent"
                  : "text-muted hover:bg-hover hover:text-text",
              )}
            >
              <span className="sr-only">Created since </span>
              {label}
              {isCurrent && <span className="sr-only">, chosen</span>}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
