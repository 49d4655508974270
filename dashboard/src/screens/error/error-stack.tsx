import type { AnswerOf } from "@durable/engine/api";
import { Link, useSearch } from "@tanstack/react-router";
import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { Answered } from "../../parts/answered.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Panel } from "../../parts/panel.tsx";
import { RunLink } from "../../parts/run-link.tsx";
import { shortId } from "../../parts/short-id.ts";
import { chainOf } from "../errors/error-words.ts";
import { CodeFrame } from "./code-frame.tsx";

/** What a run that failed so says: the place with the lines around it, the stack, and what caused it. */
export function ErrorStack({ group }: { readonly group: AnswerOf<"getError"> }) {
  const params = useWorkspaceParams();
  const { run: chosen } = useSearch({ from: "/$app/$env/errors/$fingerprint" });
  const id = chosen ?? group.samples[0];
  const run = useAnswer("getRun", { params: { ...params, id: id ?? "" } }, { when: id !== undefined });
  if (id === undefined)
    return (
      <Panel title="Where">
        <CodeFrame frame={group.frame} />
        <p className="mt-2 text-sm text-muted">None of its runs is kept any more.</p>
      </Panel>
    );
  return (
    <Panel
      title="Where"
      description={
        <>
          As run <RunLink id={id} /> tells it.
        </>
      }
      actions={<Samples samples={group.samples} current={id} />}
    >
      <Answered query={run} rows={6}>
        {({ failure }) => {
          const chain = chainOf(failure);
          if (chain.length === 0)
            return (
              <>
                <CodeFrame frame={group.frame} />
                <p className="mt-2 text-sm text-muted">
                  This run has not failed: it is paused, or went on since.
                </p>
              </>
            );
          return chain.map(({ name, message, frame, stack }, index) => (
            <div key={`${index} ${name}`} className="mt-3 first:mt-0">
              {index > 0 && (
                <p className="mb-1 text-sm">
                  <span className="text-muted">caused by</span> <strong>{name}</strong>{" "}
                  <span className="break-words">{message}</span>
                </p>
              )}
              <CodeFrame frame={frame ?? (index === 0 ? group.frame : null)} />
              {stack === null ? (
                index === 0 && (
                  <p className="mt-2 text-xs text-muted">
                    Without a stack: apps send one only when they are told to, because it may show paths and
                    source.
                  </p>
                )
              ) : (
                <div className="relative mt-2">
                  <pre
                    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too
                    tabIndex={0}
                    className="max-h-80 overflow-auto rounded-md border border-line bg-sunken/40 p-3 pr-10 text-xs leading-5"
                  >
                    {stack}
                  </pre>
                  <CopyButton
                    text={stack}
                    what="the stack"
                    className="absolute top-1 right-1 min-h-7 px-1.5"
                  />
                </div>
              )}
            </div>
          ));
        }}
      </Answered>
    </Panel>
  );
}

function Samples({ samples, current }: { readonly samples: readonly string[]; readonly current: string }) {
  if (samples.length < 2) return null;
  return (
    <nav aria-label="Sample runs, the newest first" className="flex flex-wrap gap-1">
      {samples.map((id) => (
        <Link
          key={id}
          to="."
          search={{ run: id } as never}
          resetScroll={false}
          aria-current={id === current ? "true" : undefined}
          className="inline-flex min-h-6 items-center rounded px-1.5 font-mono text-xs text-muted hover:bg-hover aria-[current=true]:bg-accent-ground aria-[current=true]:text-accent"
        >
          {shortId(id)}
        </Link>
      ))}
    </nav>
  );
}
