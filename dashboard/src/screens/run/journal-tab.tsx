import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { call } from "../../api/call.ts";
import { useLive } from "../../here/live-context.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import type { Run } from "../../live/patches.ts";
import { Button } from "../../parts/button.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { JournalRow } from "./journal-row.tsx";
import type { Entry } from "./journal-words.ts";
import { TailList } from "./tail-list.ts";
import { VirtualRows } from "./virtual-rows.tsx";

const ENTRIES_PER_PAGE = 500;
const ENTRIES_AT_FIRST = 2_000;
/** However fast things happen, the end is not asked for more often. */
const TAIL_EVERY_MS = 500;

/** All that happened, entry by entry; what came after the instant that is looked at is faded. */
export function JournalTab({ run, at }: { readonly run: Run; readonly at: string | undefined }) {
  const { app, env } = useWorkspaceParams();
  const { id } = run;
  const live = useLive();
  const navigate = useNavigate({ from: "/$app/$env/runs/$id" });
  const list = useMemo(
    () =>
      new TailList<Entry>(async (last, signal) => {
        const cursor = last === null ? {} : { cursor: last.seq };
        const query = { ...cursor, limit: ENTRIES_PER_PAGE };
        const { entries, next } = await call("getRunHistory", { params: { app, env, id }, query }, signal);
        return { items: entries, isLast: next === null };
      }),
    [app, env, id],
  );
  const { items, isWhole, isBusy, error } = useSyncExternalStore(list.onState, () => list.state);
  useEffect(() => list.start(ENTRIES_AT_FIRST), [list]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const off = live.onPatches((_, patches) => {
      if (!list.state.isWhole || !patches.some(({ topic }) => topic === `run:${id}`)) return;
      timer ??= setTimeout(() => {
        timer = null;
        list.more();
      }, TAIL_EVERY_MS);
    });
    return () => {
      off();
      clearTimeout(timer ?? undefined);
    };
  }, [live, list, id]);

  if (items.length === 0 && error === null) return <Skeleton rows={10} rowHeight={32} />;
  const atMs = at === undefined ? null : Date.parse(at);
  return (
    <div className="space-y-3">
      {error && <ProblemPanel error={error} retry={() => list.more()} />}
      <div className="overflow-hidden rounded-lg border border-line bg-raised">
        <VirtualRows items={items} keyOf={({ seq }) => seq} label="Entries of the journal" rowPx={33}>
          {(entry) => (
            <JournalRow
              entry={entry}
              startMs={Date.parse(run.created_at)}
              isLater={atMs !== null && Date.parse(entry.at) > atMs}
              goTo={(span) => void navigate({ search: (now) => ({ ...now, tab: undefined, span }) })}
            />
          )}
        </VirtualRows>
      </div>
      {!isWhole && (
        <Button disabled={isBusy} onClick={() => list.more()}>
          Read more
        </Button>
      )}
    </div>
  );
}
