import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { joinClasses } from "./join-classes.ts";

interface FoldLinkProps {
  /** Of the row: which one is unfolded stands in the address, as `id`. */
  readonly id: string;
  readonly isOpen: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** The title of a row, which unfolds the rest of it and folds it again. */
export function FoldLink({ id, isOpen, className, children }: FoldLinkProps) {
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <Link
      to="."
      search={((now: object) => ({ ...now, id: isOpen ? undefined : id })) as never}
      resetScroll={false}
      role="button"
      aria-expanded={isOpen}
      className={joinClasses("inline-flex items-start gap-1 font-medium hover:underline", className)}
    >
      <Icon aria-hidden size={14} className="mt-0.75 shrink-0 text-muted" />
      {children}
    </Link>
  );
}
