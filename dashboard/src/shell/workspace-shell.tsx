import { Outlet, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { useAnswer } from "../api/query.ts";
import { Bar } from "./bar.tsx";
import { SideNavigation } from "./side-navigation.tsx";
import { WorkspaceContext } from "./workspace.ts";

/** Around every screen of a workspace: bar, navigation, and which workspace it is. */
export function WorkspaceShell() {
  const { app, env } = useParams({ from: "/$app/$env" });
  const apps = useAnswer("listApps", {});
  const isProduction =
    apps.data?.apps.find((each) => each.app === app && each.environment === env)?.production ??
    env === "prod";
  const workspace = useMemo(() => ({ app, env, isProduction }), [app, env, isProduction]);
  return (
    <WorkspaceContext value={workspace}>
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:p-2">
        To the content
      </a>
      <Bar />
      <div className="flex">
        <SideNavigation />
        <main id="content" className="min-w-0 flex-1 px-4 pt-5 pb-24 sm:px-6">
          <Outlet />
        </main>
      </div>
    </WorkspaceContext>
  );
}
