import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemPanel } from "./problem-panel.tsx";
import { Skeleton } from "./skeleton.tsx";

interface AnsweredProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly rows?: number;
  /** Of a screen that is about nothing else: its heading where there is no answer. */
  readonly title?: string;
  readonly children: (answer: Answer) => ReactNode;
}

/** An answer in all its states: not yet, refused, there. What is there stays when reading it again fails, with a word. */
export function Answered<Answer>({ query, rows = 6, title, children }: AnsweredProps<Answer>) {
  if (query.data === undefined) {
    if (query.error === null) return <Skeleton rows={rows} />;
    return (
      <>
        {title !== undefined && <h1 className="mb-3 text-xl font-semibold">{title}</h1>}
        <ProblemPanel error={query.error} retry={() => void query.refetch()} />
      </>
    );
  }
  return (
    <>
      {query.error && <ProblemPanel error={query.error} retry={() => void query.refetch()} />}
      {children(query.data)}
    </>
  );
}
