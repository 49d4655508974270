import type { ServeOptions } from "../http/serve-options.ts";
import { type PerhapsReadHandler, serveRead } from "./read-before.ts";

/**
 * For Express, and NestJS on Express: `app.use("/api/durable", serve({ app, functions }))`. Works before and after
 * `express.json()`: after it the raw bytes are gone, but the engine sends compact JSON, so the same text is made again and
 * still has to verify.
 */
export function serve(options: ServeOptions): PerhapsReadHandler {
  return serveRead(options, RAW_BODY_LOST, { takesStreams: true });
}

const RAW_BODY_LOST =
  "A body parser ran before this route and the bytes it read are gone, so the signature cannot be checked. Mount the " +
  "route before express.json(), or keep the bytes: express.json({ verify: (req, _, bytes) => { req.rawBody = bytes } }).";
