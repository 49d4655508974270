// A page of the memo of a dispatch under way, for an app that got only its beginning. Any engine process answers: what
// is settled never changes, and which part of it the dispatch shows stands in the cursor.

import { isUuid } from "../domain/ids.ts";
import type { Database } from "../store/database.ts";
import { type DispatchState, findDispatch, loadMemoPage } from "../store/memo-pages.ts";
import { cursorText, type MemoCursor } from "./memo-cursor.ts";
import { memoEntryByRef, memoEntryText } from "./memo-entry.ts";

export type MemoPageEnd =
  | {
      readonly state: "page";
      /** JSON text of the entries. */
      readonly memo: string;
      readonly next: string | null;
    }
  | { readonly state: Exclude<DispatchState, "live"> };

export async function memoPage(
  database: Database,
  run: { readonly workspaceId: number; readonly runId: string },
  fence: string,
  cursor: MemoCursor,
): Promise<MemoPageEnd> {
  const state = await findDispatch(database, run, isUuid(fence) ? fence : null);
  if (state !== "live") return { state };
  const { entries, isMore } = await loadMemoPage(database, run, {
    ...cursor,
    isByRef: cursor.shown === "by-ref",
  });
  const memo = entries.map(({ stepId, op, ref, ...entry }) =>
    ref === null ? memoEntryText(stepId, op, entry) : memoEntryByRef(stepId, op, ref),
  );
  return {
    state: "page",
    memo: `[${memo.join(",")}]`,
    next: isMore ? cursorText({ ...cursor, after: entries.at(-1)!.seq }) : null,
  };
}
