import { useLocation } from "@tanstack/react-router";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../parts/button.tsx";
import { dropped } from "./search.ts";

/** An address may be mistyped, or of another version: what it said and nobody understood is named, and the rest is shown. */
export function DroppedParameters() {
  const { href } = useLocation();
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    setNames([...new Set(dropped.splice(0))]);
  }, [href]);
  if (names.length === 0) return null;
  return (
    <p
      role="status"
      className="mb-3 flex items-center gap-2 rounded-md bg-calm-ground px-3 py-1.5 text-sm text-calm"
    >
      <span className="flex-1">
        This address says {names.map((name) => `“${name.slice(0, 40)}”`).join(", ")}, which means nothing
        here. It is left out.
      </span>
      <Button look="bare" aria-label="Close" onClick={() => setNames([])}>
        <X aria-hidden size={14} />
      </Button>
    </p>
  );
}
