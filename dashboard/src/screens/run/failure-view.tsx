import type { Run } from "../../live/patches.ts";

type Failure = NonNullable<Run["failure"]>;

/** Causes are data of an app: a chain of them has an end here whatever it says. */
const CAUSES_MAX = 5;

/** What was thrown: name, message, where in the app's code, and what caused it. */
export function FailureView({ failure, depth = 0 }: { readonly failure: Failure; readonly depth?: number }) {
  const { name, message, stack } = failure;
  const frame = failure["frame"];
  const cause = failure["cause"];
  return (
    <div className={depth === 0 ? "rounded-md border border-line bg-bad-ground p-3 text-sm" : "mt-2 text-sm"}>
      <p className="break-words whitespace-pre-wrap">
        {depth > 0 && <span className="text-muted">Caused by </span>}
        <span className="font-semibold text-bad">{String(name)}</span>: {String(message)}
      </p>
      {typeof frame === "string" && frame !== "" && <CodeFrame frame={frame} />}
      {typeof stack === "string" && stack !== "" && (
        <details className="mt-2 text-xs">
          <summary className="inline-flex min-h-6 cursor-pointer items-center text-muted hover:text-text">
            Stack
          </summary>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
            tabIndex={0}
            className="mt-1 max-h-64 overflow-auto rounded bg-raised p-2 leading-5"
          >
            {stack}
          </pre>
        </details>
      )}
      {isFailure(cause) && depth < CAUSES_MAX && <FailureView failure={cause} depth={depth + 1} />}
    </div>
  );
}

/** `src/charge.ts:12:9`, in development with the lines around it, of which the one is marked. */
function CodeFrame({ frame }: { readonly frame: string }) {
  const [place, ...lines] = frame.split("\n");
  return (
    <div
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
      tabIndex={0}
      className="mt-2 overflow-x-auto rounded-md border border-line bg-raised font-mono text-xs leading-5"
    >
      <p className="px-2.5 py-1 text-muted">{place}</p>
      {lines.length > 0 && (
        <pre className="border-t border-line py-1">
          {lines.map((line) => (
            <span
              key={line}
              className={`block px-2.5 ${line.startsWith(">") ? "bg-bad-ground font-semibold" : "text-muted"}`}
            >
              {line}
            </span>
          ))}
        </pre>
      )}
    </div>
  );
}

function isFailure(cause: unknown): cause is Failure {
  return typeof cause === "object" && cause !== null && "message" in cause && "name" in cause;
}
