import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

export interface Tab<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly count?: ReactNode;
}

interface TabsProps<Id extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Id>[];
  readonly current: Id;
}

/** Parts of a screen, each at an address of its own (`?tab=`); the first one has none. */
export function Tabs<Id extends string>({ label, tabs, current }: TabsProps<Id>) {
  return (
    <nav aria-label={label} className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
      {tabs.map(({ id, label, count }, index) => (
        <Link
          key={id}
          to="."
          search={
            ((now: object) => ({ ...now, tab: index === 0 ? undefined : id, cursor: undefined })) as never
          }
          aria-current={id === current ? "page" : undefined}
          // By what is current alone: to the router an address without the parameter fits all that have it.
          activeOptions={{ exact: true, explicitUndefined: true }}
          className="-mb-px inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent px-2.5 text-sm text-muted hover:text-text aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text"
        >
          {label}
          {count !== undefined && <span className="text-xs text-muted tabular-nums">{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
