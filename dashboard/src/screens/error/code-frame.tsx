import { CopyButton } from "../../parts/copy-button.tsx";
import { codeLines, placeOf } from "../errors/error-words.ts";

/** A place in the app's code; with the lines around it where the app is in development. */
export function CodeFrame({ frame }: { readonly frame: string | null }) {
  const place = placeOf(frame);
  if (place === null)
    return <p className="text-sm text-muted">The failure does not tell its place in the code.</p>;
  const lines = codeLines(frame);
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <div className="flex items-center justify-between gap-2 bg-sunken/60 pl-3">
        <code className="min-w-0 py-1 text-xs break-all">{place}</code>
        <CopyButton text={place} what="the place" className="min-h-7 px-1.5" />
      </div>
      {lines.length > 0 && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too
          tabIndex={0}
          className="overflow-x-auto border-t border-line py-1.5 text-xs leading-5"
        >
          {lines.map(({ number, text, isHere }) => (
            <div key={number} className={isHere ? "bg-bad-ground" : ""}>
              <span className="inline-block w-4 pl-1.5 text-bad select-none">{isHere ? "›" : ""}</span>
              <span className="inline-block w-10 pr-3 text-right text-muted select-none">{number}</span>
              {text}
            </div>
          ))}
        </pre>
      )}
    </div>
  );
}
