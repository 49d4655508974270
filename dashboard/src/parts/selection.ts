import { useCallback, useMemo, useRef, useState } from "react";

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
  // The functions stay the same while rows come and go, so that rows that stay are not drawn anew.
  const listedNow = useRef(order);
  listedNow.current = order;
  const ids = useMemo(() => new Set(order.filter((id) => chosen.has(id))), [order, chosen]);
  const toggle = useCallback((id: string) => {
    last.current = id;
    choose((ids) => toggled(ids, id));
  }, []);
  const extendTo = useCallback((id: string) => {
    const meant = between(listedNow.current, last.current ?? id, id);
    last.current = id;
    choose((ids) => new Set([...ids, ...meant]));
  }, []);
  const setAll = useCallback(
    (isSelected: boolean) => choose(isSelected ? new Set(listedNow.current) : new Set()),
    [],
  );
  return { ids, toggle, extendTo, setAll };
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
