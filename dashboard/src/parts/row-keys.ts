import { type RefObject, useEffect } from "react";
import { hasSingleKeys, isTyping } from "../here/keys.ts";
import type { Selection } from "./selection.ts";

// `j` and `k` move the focus from row to row, so that Enter opens what has it, as any link. Arrows do so only inside the table: outside
// they scroll.

const STEP: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

export const ROW_LINK = "[data-row-link]";
const TABLE = "[data-row-keys]";

export function useRowKeys(table: RefObject<HTMLElement | null>, selection: Selection | undefined): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (table.current === null || isTyping(event) || !isMeant(table.current)) return;
      if (!event.key.startsWith("Arrow") && !hasSingleKeys()) return;
      const row = document.activeElement?.closest<HTMLElement>("[data-row]") ?? null;
      const here = row !== null && table.current.contains(row) ? row : null;
      const by = STEP[event.key];
      if (by !== undefined && (here !== null || !event.key.startsWith("Arrow"))) {
        event.preventDefault();
        move(table.current, here, by);
      } else if (event.key.toLowerCase() === "x" && here !== null && selection !== undefined) {
        event.preventDefault();
        const id = here.dataset["row"]!;
        if (event.shiftKey) selection.extendTo(id);
        else selection.toggle(id);
      }
    };
    window.addEventListener("keydown", listener);
    return () => window.removeEventListener("keydown", listener);
  }, [table, selection]);
}

/** Of several tables that which has the focus, else the first one. */
function isMeant(table: HTMLElement): boolean {
  const focused = document.activeElement?.closest(TABLE) ?? document.querySelector(TABLE);
  return focused === table;
}

function move(table: HTMLElement, from: HTMLElement | null, by: 1 | -1): void {
  const links = [...table.querySelectorAll<HTMLElement>(ROW_LINK)];
  const at = from === null ? -1 : links.findIndex((link) => from.contains(link));
  const to = from === null ? (by === 1 ? 0 : links.length - 1) : at + by;
  links[to]?.focus();
  links[to]?.scrollIntoView({ block: "nearest" });
}
