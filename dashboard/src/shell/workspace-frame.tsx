import { useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { useAnswer } from "../api/query.ts";
import { useCounters } from "../here/counters.ts";
import { useKeys } from "../here/keys.ts";
import { useWorkspace } from "../here/workspace.ts";
import { Bar } from "./bar.tsx";
import { BottomNavigation } from "./bottom-navigation.tsx";
import { DroppedParameters } from "./dropped-parameters.tsx";
import { usePollWithoutStream } from "./fallback.ts";
import { KeySheet } from "./key-sheet.tsx";
import { NAVIGATION } from "./navigation.ts";
import { Palette } from "./palette.tsx";
import { addressIn, nextEnvironment } from "./same-screen.ts";
import { SideNavigation } from "./side-navigation.tsx";
import { nextTheme } from "./theme.ts";
import { useTitle } from "./title.ts";

/** Around every screen of a workspace: bar, navigation, palette, keys. */
export function WorkspaceFrame({ children }: { readonly children: ReactNode }) {
  const { app, env } = useWorkspace();
  const [opened, setOpened] = useState<"palette" | "keys" | null>(null);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const workspaces = useAnswer("listApps", {}).data?.apps;
  const asked = useCounters()?.open_inputs ?? 0;
  useTitle();
  usePollWithoutStream();

  const keys = useMemo(() => {
    const go = (to: string) => void navigate({ to: to as never });
    const places = NAVIGATION.flat().filter(({ letter }) => letter !== null);
    return {
      "$mod+k": () => setOpened("palette"),
      "?": () => setOpened("keys"),
      t: () => void nextTheme(),
      "/": () => document.querySelector<HTMLInputElement>('main input[type="search"]')?.focus(),
      e: () => {
        const next = nextEnvironment(workspaces ?? [], app, env);
        if (next !== null) go(addressIn(pathname, app, next));
      },
      "g h": () => go("/"),
      ...Object.fromEntries(
        places.map(({ letter, path }) => [`g ${letter}`, () => go(`/${app}/${env}${path}`)]),
      ),
    };
  }, [navigate, workspaces, app, env, pathname]);
  useKeys(keys);

  return (
    <>
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:rounded focus:bg-raised focus:p-2"
      >
        To the content
      </a>
      <Bar openPalette={() => setOpened("palette")} openKeys={() => setOpened("keys")} />
      <div className="flex">
        <SideNavigation asked={asked} />
        <main
          id="content"
          tabIndex={-1}
          className="min-w-0 flex-1 px-3 pt-4 pb-24 outline-none sm:px-6 sm:pt-5"
        >
          <DroppedParameters />
          {children}
        </main>
      </div>
      <BottomNavigation asked={asked} />
      <Palette isOpen={opened === "palette"} close={() => setOpened(null)} />
      <KeySheet isOpen={opened === "keys"} close={() => setOpened(null)} />
    </>
  );
}
