import { html } from "hono/html";

export type Html = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  /** It is about a workspace that is marked production: the head of the page is red, because a person must see where they are. */
  readonly isProduction?: boolean;
  /** Seconds after which the page loads itself again: while something still moves. */
  readonly refreshS?: number | null;
  readonly body: Html;
}

export function layout({ title, isProduction = false, refreshS, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Durable</title>
<link rel="stylesheet" href="/page.css">
<link rel="icon" href="/icon.svg">
${refreshS ? html`<meta http-equiv="refresh" content="${refreshS}">` : ""}
</head>
<body>
<header class="${isProduction ? "production" : ""}"><div class="top"><a class="brand" href="/">Durable</a> <span><a class="faint" href="/api/docs">API</a> · <a class="faint" href="/login">Session</a></span></div></header>
<main>
${body}
</main>
</body>
</html>
`;
}

export function statusBadge(status: string): Html {
  return html`<span class="status ${status}">${status}</span>`;
}

/** `2026-10-21 09:00:00`, in UTC as stored; the milliseconds are in the title. */
export function instant(text: string | null): Html {
  if (text === null) return html`<span class="faint">not yet</span>`;
  return html`<time datetime="${text}" title="${text}">${text.slice(0, 19).replace("T", " ")}</time>`;
}

/** `850 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
