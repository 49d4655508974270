import { useSyncExternalStore } from "react";

// Of a phone: below it tables become stacked rows. The same border as `sm:` in classes.
const query = matchMedia("(width < 40rem)");

function subscribe(listener: () => void): () => void {
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
