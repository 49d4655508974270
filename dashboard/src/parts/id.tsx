import { shortId } from "./short-id.ts";
import { useCopy } from "./use-copy.ts";

/** An id, short; a click copies all of it. */
export function Id({ id, name = "id" }: { readonly id: string; readonly name?: string }) {
  const { copy, isCopied } = useCopy(id);
  return (
    <button
      type="button"
      title={`${id} – click to copy`}
      onClick={copy}
      className="-mx-1 inline-flex min-h-6 items-center rounded px-1 font-mono text-xs text-muted hover:bg-hover hover:text-text"
    >
      <span className="sr-only">Copy {name} </span>
      {isCopied === null ? shortId(id) : isCopied ? "copied" : "not copied"}
    </button>
  );
}
