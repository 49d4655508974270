import { Link, useRouterState } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import type { ReactNode } from "react";

// Lists are read by cursor, and a cursor knows what comes after it alone. The cursor of this page is in the address; those of the pages
// before are in the state of the browser's history, so a copied address can go to the newest page, and on.

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** Cursors of the pages before this one, the first of which has none. */
    readonly trail?: readonly string[];
  }
}

interface PagerProps {
  /** Of this page, as in the address. */
  readonly cursor: string | undefined;
  /** Of the next one. */
  readonly next: string | null;
  /** Words for another order than by time. */
  readonly words?: { readonly first: string; readonly back: string; readonly on: string };
}

const BY_TIME = { first: "Newest", back: "Newer", on: "Older" };

export function Pager({ cursor, next, words = BY_TIME }: PagerProps) {
  const trail = useRouterState({ select: ({ location }) => location.state.trail }) ?? [];
  if (cursor === undefined && next === null) return null;
  return (
    <nav aria-label="Pages" className="mt-3 flex items-center justify-end gap-2 text-sm">
      {cursor !== undefined && (
        <PageLink cursor={undefined} trail={[]}>
          <ChevronsLeft aria-hidden size={15} />
          {words.first}
        </PageLink>
      )}
      {cursor !== undefined && trail.length > 0 && (
        <PageLink cursor={trail.at(-1) || undefined} trail={trail.slice(0, -1)}>
          <ChevronLeft aria-hidden size={15} />
          {words.back}
        </PageLink>
      )}
      {next !== null && (
        <PageLink cursor={next} trail={cursor === undefined ? [""] : [...trail, cursor]}>
          {words.on}
          <ChevronRight aria-hidden size={15} />
        </PageLink>
      )}
    </nav>
  );
}

interface PageLinkProps {
  readonly cursor: string | undefined;
  readonly trail: readonly string[];
  readonly children: ReactNode;
}

function PageLink({ cursor, trail, children }: PageLinkProps) {
  return (
    <Link
      to="."
      search={((now: object) => ({ ...now, cursor })) as never}
      state={{ trail }}
      className="inline-flex min-h-8 items-center gap-1 rounded-md border border-line bg-raised px-2.5 font-medium hover:bg-hover"
    >
      {children}
    </Link>
  );
}
