import { useMemo } from "react";
import { useAnswer } from "../../api/query.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import type { Known } from "./suggestions.ts";

interface Declared {
  readonly tags?: readonly string[];
  readonly searchable?: readonly string[];
}

/** What a filter can name in this workspace; read when somebody begins to type. */
export function useKnown(isWanted: boolean): Known {
  const params = useWorkspaceParams();
  const functions = useAnswer("listFunctions", { params }, { when: isWanted });
  const deployments = useAnswer("listDeployments", { params }, { when: isWanted });
  const errors = useAnswer("listErrors", { params, query: {} }, { when: isWanted });
  return useMemo(() => {
    const declared = functions.data?.functions ?? [];
    const manifests = declared.map(({ manifest }) => (manifest ?? {}) as Declared);
    return {
      functions: declared.map(({ id }) => id),
      deployments: deployments.data?.deployments.map(({ name }) => name) ?? [],
      errors: [...new Set(errors.data?.errors.map(({ name }) => name))],
      tags: [...new Set(manifests.flatMap(({ tags = [] }) => tags))],
      paths: [...new Set(manifests.flatMap(({ searchable = [] }) => searchable))],
      newestVersion: Math.max(0, ...declared.map(({ version }) => version)),
    };
  }, [functions.data, deployments.data, errors.data]);
}
