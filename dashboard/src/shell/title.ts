import { useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { useWorkspace } from "../here/workspace.ts";
import { lookOf } from "../words/environment.ts";
import { NAVIGATION } from "./navigation.ts";

/** `PROD · Runs · shop`: which tab is production is seen without opening it. */
export function useTitle(): void {
  const { app, env, isProduction } = useWorkspace();
  const { pathname } = useLocation();
  useEffect(() => {
    const [, , , screen = "", id] = pathname.split("/");
    const label =
      NAVIGATION.flat().find(({ path }) => path === (screen === "" ? "" : `/${screen}`))?.label ?? "Durable";
    const of = id === undefined ? label : `${label} ${decodeURIComponent(id).slice(0, 12)}`;
    document.title = `${lookOf(env, isProduction).label} · ${of} · ${app}`;
  }, [app, env, isProduction, pathname]);
}
