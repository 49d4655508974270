import type { Hono } from "hono";
import type { HttpEnv } from "../mount.ts";
import { openApiDocument } from "../open-api.ts";
import { apiPage } from "./api-page.ts";
import type { Html } from "./layout.ts";
import { fileAnswer, pageAnswer } from "./page-answer.ts";
import { ICON, STYLE } from "./style.ts";

/** Pages without a script: what is there where the dashboard is not, and its style. */
export function mountPages(app: Hono<HttpEnv>): void {
  let docs: Html | null = null;
  app.get("/api/docs", (c) => {
    docs ??= apiPage(openApiDocument());
    return pageAnswer(200, docs, c.get("requestId"));
  });
  file("/page.css", "text/css; charset=utf-8", STYLE);
  file("/icon.svg", "image/svg+xml", ICON);

  function file(path: string, contentType: string, text: string): void {
    app.get(path, () => fileAnswer(contentType, text));
  }
}
