import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from "react";

/** Who listens to a page is not read to more often than this. */
const PAUSE_MS = 5_000;

const Announce = createContext<(text: string) => void>(() => {});

/** Says aloud, politely, what others see happen: at most one thing every five seconds, the latest. */
export function Announcer({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState("");
  const next = useRef<string | null>(null);
  const lastMs = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const announce = useCallback((text: string) => {
    next.current = text;
    timer.current ??= setTimeout(
      () => {
        timer.current = null;
        lastMs.current = Date.now();
        setSaid(next.current ?? "");
      },
      Math.max(0, lastMs.current + PAUSE_MS - Date.now()),
    );
  }, []);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);

  return (
    <Announce value={announce}>
      {children}
      <div aria-live="polite" className="sr-only">
        {said}
      </div>
    </Announce>
  );
}

/** For effects and handlers; the same text again is said once. */
export function useAnnounce(): (text: string) => void {
  return useContext(Announce);
}
