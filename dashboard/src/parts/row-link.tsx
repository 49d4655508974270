import type { ReactNode } from "react";
import type { Target } from "../here/target.ts";
import { TargetLink } from "./target.tsx";

/** Of a row: what else can be clicked in it lies above the link that fills it. */
export const LINKS_ABOVE =
  "[&_:is(a,button,input,label,summary):not([data-row-link])]:relative [&_:is(a,button,input,label,summary):not([data-row-link])]:z-1";

interface RowLinkProps {
  readonly target: Target | null;
  readonly name: string;
  readonly children: ReactNode;
}

/** A link as large as its row, so that it opens in a new tab and is followed by Enter like any other. */
export function RowLink({ target, name, children }: RowLinkProps) {
  if (target === null) return children;
  return (
    <TargetLink
      target={target}
      data-row-link
      className="inline-flex max-w-full items-center align-middle outline-none after:absolute after:inset-0 focus-visible:after:rounded-md focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {/* What it shows may be a status alone. */}
      <span className="sr-only">{name}: </span>
      {children}
    </TargetLink>
  );
}
