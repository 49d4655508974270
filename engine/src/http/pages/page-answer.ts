// How every page is answered: nothing of another site runs in it, frames it or learns where somebody was.
import type { Context } from "hono";
import { html } from "hono/html";
import { PROBLEMS, type Problem } from "../../domain/problems.ts";
import type { Asker } from "../middleware/authenticate.ts";
import type { HttpEnv } from "../mount.ts";
import { type Html, layout } from "./layout.ts";

export const COMMON_HEADERS = {
  "cross-origin-resource-policy": "same-origin",
  // Not `no-referrer`: with that a browser hides from our own forms where they come from.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const PAGE_HEADERS = {
  ...COMMON_HEADERS,
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
};
const FILE_HEADERS = {
  ...COMMON_HEADERS,
  "cache-control": "max-age=300",
  "content-security-policy": "default-src 'none'",
};

export async function pageAnswer(
  status: number,
  page: Html,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return new Response(String(await page), {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "x-request-id": requestId,
      ...PAGE_HEADERS,
      ...headers,
    },
  });
}

export function fileAnswer(contentType: string, text: string): Response {
  return new Response(text, { headers: { "content-type": contentType, ...FILE_HEADERS } });
}

/** After a form, and to the login: read with GET, whatever came before. */
export function redirect(to: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status: 303, headers: { location: to, ...PAGE_HEADERS, ...headers } });
}

export function problemPage(problem: Problem): Html {
  const { title, fix } = PROBLEMS[problem.code];
  return layout({
    title,
    body: html`<h1>${title}</h1><p>${problem.message}</p><p class="faint">${fix}</p><p><a href="/">All workspaces</a></p>`,
  });
}

export function askerOf(c: Context<HttpEnv>): Asker {
  const { headers, socket, method = "" } = c.env.incoming;
  return { remoteAddress: socket.remoteAddress, headers, method };
}
