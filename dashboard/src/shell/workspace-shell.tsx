import { Outlet, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useAnswer } from "../api/query.ts";
import { WorkspaceContext } from "../here/workspace.ts";
import { WorkspaceFrame } from "./workspace-frame.tsx";

/** Which workspace every screen below is about. */
export function WorkspaceShell() {
  const { app, env } = useParams({ from: "/$app/$env" });
  const apps = useAnswer("listApps", {});
  const isProduction =
    apps.data?.apps.find((each) => each.app === app && each.environment === env)?.production ??
    env === "prod";
  const workspace = useMemo(() => ({ app, env, isProduction }), [app, env, isProduction]);
  return (
    <WorkspaceContext value={workspace}>
      <WorkspaceFrame>
        <Outlet />
      </WorkspaceFrame>
    </WorkspaceContext>
  );
}
