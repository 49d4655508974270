import { ApiProblem } from "../api/problem.ts";
import { Button } from "./button.tsx";

/** What went wrong where it went wrong, so that the rest of the screen stays: sentence, cause, what to do, number of the request. */
export function ProblemPanel({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  const body = error instanceof ApiProblem ? error.body : null;
  return (
    <div role="alert" className="rounded-md border border-line bg-bad-ground p-3 text-sm">
      <p className="font-semibold text-bad">{body?.title ?? "No answer"}</p>
      <p className="mt-1 break-words">{error.message}</p>
      {body?.errors?.map(({ pointer, detail }) => (
        <p key={pointer} className="mt-1 break-words">
          <code>{pointer}</code> {detail}
        </p>
      ))}
      {body?.fix && <p className="mt-1 text-muted">{body.fix}</p>}
      <p className="mt-2 flex flex-wrap items-center gap-2 text-xs text-muted">
        {retry && (
          <Button onClick={retry} className="min-h-7">
            Try again
          </Button>
        )}
        {body && (
          <span>
            <code>{body.code}</code>
            {body.requestId !== "" && ` · request ${body.requestId}`}
          </span>
        )}
      </p>
    </div>
  );
}
