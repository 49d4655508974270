import { useRef, useState } from "react";

/** Which rows of a table are meant. Only those that are on the page count. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  toggle(id: string): void;
  /** From the row that was toggled last to this one, all. */
  extendTo(id: string): void;
  setAll(isSelected: boolean): void;
}

/** @param of What is listed: of another list nothing is chosen. */
export function useSelection(order: readonly string[], of = ""): Selection {
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [listed, setListed] = useState(of);
  if (listed !== of) {
    setListed(of);
    choose(new Set());
  }
  const last = useRef<string | null>(null);
  return {
    ids: new Set(order.filter((id) => chosen.has(id))),
    toggle(id) {
      last.current = id;
      choose((ids) => toggled(ids, id));
    },
    extendTo(id) {
      const meant = between(order, last.current ?? id, id);
      last.current = id;
      choose((ids) => new Set([...ids, ...meant]));
    },
    setAll: (isSelected) => choose(isSelected ? new Set(order) : new Set()),
  };
}

export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const others = new Set(ids);
  if (!others.delete(id)) others.add(id);
  return others;
}

/** Both ends included, whichever comes first; only the second where the first is not on the page. */
export function between(order: readonly string[], from: string, to: string): readonly string[] {
  const [a, b] = [order.indexOf(from), order.indexOf(to)];
  if (a === -1 || b === -1) return [to];
  return order.slice(Math.min(a, b), Math.max(a, b) + 1);
}
