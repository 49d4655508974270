import { html } from "hono/html";

export type Html = ReturnType<typeof html>;

export interface Page {
  readonly title: string;
  readonly body: Html;
}

export function layout({ title, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Durable</title>
<link rel="stylesheet" href="/page.css">
<link rel="icon" href="/icon.svg">
</head>
<body>
<header><div class="top"><a class="brand" href="/">Durable</a> <span><a class="faint" href="/api/docs">API</a> · <a class="faint" href="/login">Session</a></span></div></header>
<main>
${body}
</main>
</body>
</html>
`;
}
