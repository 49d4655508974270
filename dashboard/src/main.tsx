import "./style/app.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiProblem } from "./api/problem.ts";
import { LiveContext } from "./here/live-context.ts";
import { Live } from "./live/live.ts";
import { patchCache } from "./live/patch-cache.ts";
import { Announcer } from "./parts/announcer.tsx";
import { createAppRouter } from "./router.tsx";
import { setTheme, themeNow } from "./shell/theme.ts";

// For style sheets that libraries write (the lock of a dialog's scrolling): the policy lets in what carries it.
declare global {
  var __webpack_nonce__: string | undefined;
}
globalThis.__webpack_nonce__ = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

setTheme(themeNow());

const ATTEMPTS_WHEN_AWAY = 3;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The stream says when something is old.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // A refusal stays one; an engine that is away comes back.
      retry: (count, error) =>
        count < ATTEMPTS_WHEN_AWAY && !(error instanceof ApiProblem && error.body.status < 500),
    },
  },
});
const live = new Live();
patchCache(client, live);

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <LiveContext value={live}>
        <Announcer>
          <RouterProvider router={createAppRouter(client)} />
        </Announcer>
      </LiveContext>
    </QueryClientProvider>
  </StrictMode>,
);
