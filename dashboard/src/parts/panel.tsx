import { type ReactNode, useId } from "react";
import { joinClasses } from "./join-classes.ts";

interface PanelProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** At the right end of its head. */
  readonly actions?: ReactNode;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** A part of a screen that stands for itself, with its name and what can be done with it. */
export function Panel({ title, description, actions, className, children }: PanelProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={joinClasses("min-w-0 rounded-lg border border-line bg-raised", className)}
    >
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-3">
        <div className="min-w-0 flex-1 basis-56">
          <h2 id={id} className="font-semibold break-words">
            {title}
          </h2>
          {description !== undefined && (
            <div className="mt-0.5 max-w-prose text-sm text-muted">{description}</div>
          )}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <div className="px-4 pt-2.5 pb-4">{children}</div>
    </section>
  );
}
