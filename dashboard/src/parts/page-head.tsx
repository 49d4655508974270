import type { ReactNode } from "react";

interface PageHeadProps {
  readonly title: ReactNode;
  /** Beside the title, quietly: how many there are. */
  readonly count?: ReactNode;
  readonly description?: ReactNode;
  /** At the right end. */
  readonly actions?: ReactNode;
}

/** What the screen is, and what can be done with all of it. */
export function PageHead({ title, count, description, actions }: PageHeadProps) {
  return (
    <header className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold break-words">{title}</h1>
          {count !== undefined && <span className="text-sm text-muted tabular-nums">{count}</span>}
        </div>
        {description !== undefined && (
          <div className="mt-0.5 max-w-prose text-sm text-muted">{description}</div>
        )}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
