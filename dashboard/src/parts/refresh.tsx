import type { UseQueryResult } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { age } from "../words/time.ts";
import { Button } from "./button.tsx";
import { useNowMs } from "./now.ts";

interface RefreshProps {
  readonly query: UseQueryResult<unknown>;
  /** What is read again with it. */
  readonly also?: UseQueryResult<unknown>;
}

/** For what does not move by itself: how old it is, and a way to read it again. */
export function Refresh({ query, also }: RefreshProps) {
  const nowMs = useNowMs();
  const { dataUpdatedAt, isFetching } = query;
  const said = dataUpdatedAt === 0 ? "" : sayAge(Math.max(0, nowMs - dataUpdatedAt));
  return (
    <span className="inline-flex items-center gap-1.5 text-xs text-muted tabular-nums">
      {said}
      <Button
        look="plain"
        disabled={isFetching}
        onClick={() => {
          void query.refetch();
          void also?.refetch();
        }}
      >
        <RefreshCw aria-hidden size={14} />
        Refresh
      </Button>
    </span>
  );
}

function sayAge(ms: number): string {
  return ms < 2_000 ? "as of now" : `as of ${age(ms)} ago`;
}
