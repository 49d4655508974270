import { Link } from "@tanstack/react-router";
import { useTargets } from "../../here/targets.ts";
import { Empty } from "../../parts/empty.tsx";
import { TargetLink } from "../../parts/target.tsx";
import { termsOf, withTerm } from "./query-text.ts";
import type { Filter } from "./use-filter.ts";

const LINK = "text-accent underline underline-offset-2";

/** Why the list is empty, and what would bring something. */
export function NoRuns({ filter, next }: { readonly filter: Filter; readonly next: string | null }) {
  const targets = useTargets();
  const terms = termsOf(filter.text);
  return (
    <div className="rounded-lg border border-line bg-raised">
      {terms.length === 0 ? (
        <Empty title="There is no run yet">
          <p>
            An event that a function listens to starts one, and so does{" "}
            <TargetLink target={targets.functions} className={LINK}>
              triggering a function by hand
            </TargetLink>
            .
          </p>
        </Empty>
      ) : next !== null ? (
        <Empty title="None of these runs fits">
          <p>So many were looked at as one page may cost. “Older” goes on from there.</p>
        </Empty>
      ) : (
        <Empty title="No run fits">
          <p>
            Without{" "}
            {terms.map((term, index) => {
              const q =
                term.name === null
                  ? `${filter.text.slice(0, term.start)}${filter.text.slice(term.end)}`.trim()
                  : withTerm(filter.text, term.name, null);
              return (
                <span key={`${term.start}`}>
                  {index > 0 && (index === terms.length - 1 ? " or " : ", ")}
                  <Link from="/$app/$env/runs" to="." search={q === "" ? {} : { q }} className={LINK}>
                    <code>{filter.text.slice(term.start, term.end)}</code>
                  </Link>
                </span>
              );
            })}{" "}
            there may be some.
          </p>
        </Empty>
      )}
    </div>
  );
}
