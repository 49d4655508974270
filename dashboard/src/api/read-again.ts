import type { ReadOperation } from "@durable/engine/api";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

/** For what the stream does not tell: after a change of ours, the answers that show it are asked for again. */
export function useReadAgain(...operations: readonly ReadOperation[]): () => void {
  const client = useQueryClient();
  const joined = operations.join();
  return useCallback(() => {
    for (const operation of joined.split(",")) void client.invalidateQueries({ queryKey: [operation] });
  }, [client, joined]);
}
