import { type ReactNode, useContext, useEffect } from "react";
import { WorkspaceContext } from "../shell/workspace.ts";
import { lookOf } from "../words/environment.ts";

interface PageHeadProps {
  readonly title: string;
  /** Instead of the title's text, where it is more than that. */
  readonly heading?: ReactNode;
  /** Beside the title, quietly: how many there are. */
  readonly count?: ReactNode;
  readonly description?: ReactNode;
  /** At the right end. */
  readonly actions?: ReactNode;
}

/** What the screen is, and what can be done with all of it. The browser's tab says the same, with the environment before it. */
export function PageHead({ title, heading, count, description, actions }: PageHeadProps) {
  const workspace = useContext(WorkspaceContext);
  const prefix = workspace === null ? "" : `${lookOf(workspace.env, workspace.isProduction).label} · `;
  useEffect(() => {
    document.title = `${prefix}${title} · Durable`;
  }, [prefix, title]);
  return (
    <header className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold break-words">{heading ?? title}</h1>
          {count !== undefined && <span className="text-sm text-muted tabular-nums">{count}</span>}
        </div>
        {description !== undefined && <div className="mt-0.5 max-w-prose text-sm text-muted">{description}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
