// Which run and which span an address means: `a/b/c` is span c of the run that span b started, which is in the run that span a started.
import type { Loaded } from "../../trace/rows.ts";
import type { Span } from "../../trace/span.ts";

export interface Selection {
  readonly run: string;
  readonly loaded: Loaded;
  /** -1: the run itself. */
  readonly at: number;
}

/** Null: it is not there, or not yet. */
export function findSelection(
  id: string,
  root: string,
  loaded: ReadonlyMap<string, Loaded | null>,
): Selection | null {
  const parts = id.split("/");
  let run = root;
  for (const [index, part] of parts.entries()) {
    const here = loaded.get(run);
    if (!here) return null;
    if (part === run) return { run, loaded: here, at: -1 };
    const at = here.forest.indexOf.get(part);
    if (at === undefined) return null;
    if (index === parts.length - 1) return { run, loaded: here, at };
    const child: string | null = here.forest.spans[at]!.run;
    if (child === null) return null;
    run = child;
  }
  return null;
}

/** The step that a span is, or is an attempt of: `{step}`, `{step}.{try}`, `{step}.{try}.limit-{n}`. */
export function stepOf({ id }: Pick<Span, "id">): string {
  return id.split(".")[0]!;
}
