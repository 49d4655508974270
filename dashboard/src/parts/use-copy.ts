import { useEffect, useState } from "react";
import { useAnnounce } from "./announcer.tsx";
import { copyText } from "./copy.ts";

const SAID_MS = 1_500;

/** Copies on demand and says whether it did; null again soon after. */
export function useCopy(text: string): { readonly copy: () => void; readonly isCopied: boolean | null } {
  const [isCopied, setCopied] = useState<boolean | null>(null);
  const announce = useAnnounce();
  useEffect(() => {
    if (isCopied === null) return;
    const timer = setTimeout(() => setCopied(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () =>
    void copyText(text).then((done) => {
      setCopied(done);
      announce(done ? "Copied" : "Could not copy");
    });
  return { copy, isCopied };
}
