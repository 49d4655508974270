import { createContext, useContext } from "react";

/** Which app and environment the screen is about. */
export interface WorkspaceHere {
  readonly app: string;
  readonly env: string;
  readonly isProduction: boolean;
}

export const WorkspaceContext = createContext<WorkspaceHere | null>(null);

export function useWorkspace(): WorkspaceHere {
  const workspace = useContext(WorkspaceContext);
  if (workspace === null) throw new Error("This screen stands outside of a workspace.");
  return workspace;
}

/** As routes take it: `call("listRuns", { params: useParams() })`. */
export function useWorkspaceParams(): { readonly app: string; readonly env: string } {
  const { app, env } = useWorkspace();
  return { app, env };
}
