import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export interface Filter {
  /** Empty: every run. */
  readonly text: string;
  /** Another filter begins at its newest run. */
  readonly set: (text: string) => void;
}

/** The filter of the list, which is in the address. */
export function useFilter(): Filter {
  const { q } = useSearch({ from: "/$app/$env/runs" });
  const navigate = useNavigate({ from: "/$app/$env/runs" });
  const set = useCallback(
    (text: string) => void navigate({ search: text.trim() === "" ? {} : { q: text.trim() } }),
    [navigate],
  );
  return { text: q ?? "", set };
}
