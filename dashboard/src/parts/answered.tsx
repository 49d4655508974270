import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ProblemPanel } from "./problem-panel.tsx";
import { Skeleton } from "./skeleton.tsx";

interface AnsweredProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly rows?: number;
  readonly children: (answer: Answer) => ReactNode;
}

/** An answer in all its states: not yet, refused, there. What is there stays when reading it again fails, with a word. */
export function Answered<Answer>({ query, rows = 6, children }: AnsweredProps<Answer>) {
  if (query.data === undefined) {
    if (query.error) return <ProblemPanel error={query.error} retry={() => void query.refetch()} />;
    return <Skeleton rows={rows} />;
  }
  return (
    <>
      {query.error && <ProblemPanel error={query.error} retry={() => void query.refetch()} />}
      {children(query.data)}
    </>
  );
}
