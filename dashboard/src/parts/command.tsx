import { CopyButton } from "./copy-button.tsx";

/** Something to paste into a terminal or a file. */
export function Command({ text }: { readonly text: string }) {
  return (
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunken/60 py-1 pr-1 pl-3">
      <pre className="min-w-0 flex-1 overflow-x-auto py-1 text-xs leading-5">{text}</pre>
      <CopyButton text={text} what="this" className="min-h-7 px-1.5" />
    </div>
  );
}
