// Whether there is anything to test: the app is there, knows the secret, and serves the fixture. What is wrong here is
// said in one sentence, and nothing else is played.

import type { Manifest } from "@durable/protocol/wire";
import type { AppLine } from "./app/app-line.ts";
import { excerpt } from "./app/read-answer.ts";
import { APP, FUNCTION } from "./engine/invoke-message.ts";
import { plain } from "./match.ts";
import { Tape } from "./tape.ts";

/** Nothing could be played. */
export class CannotBegin extends Error {}

export async function askManifest(app: AppLine, url: URL): Promise<Manifest> {
  const tape = new Tape([]);
  let answer: Awaited<ReturnType<AppLine["send"]>>;
  try {
    answer = await app.send({ body: JSON.stringify({ type: "inspect", app: APP }) }, tape);
  } catch (error) {
    throw new CannotBegin(
      `${(error as Error).message} Start the app under test first, or let the kit do it with --start.`,
    );
  }
  const read = app.read("inspect", answer);
  const manifest = plain(read.message) as Manifest | undefined;
  if (manifest === undefined) throw new CannotBegin(sayRefused(url, answer.status, excerpt(answer.body)));
  if (!Array.isArray(manifest.functions) || !Array.isArray(manifest.capabilities)) {
    throw new CannotBegin(`${url} answered the first inspect with no manifest: ${read.flaws.join("; ")}.`);
  }
  if (manifest.app !== APP || !manifest.functions.some(({ id }) => id === FUNCTION)) {
    throw new CannotBegin(
      `${url} serves app "${manifest.app}" with ${manifest.functions.map(({ id }) => `"${id}"`).join(", ") || "no function"}, and the kit needs app "${APP}" with the function "${FUNCTION}" of PROGRAM.md.`,
    );
  }
  return manifest;
}

function sayRefused(url: URL, status: number, said: string): string {
  switch (status) {
    case 401:
      return `${url} answers 401 to a request that is signed well. Does the app have the secret of the kit (DURABLE_SECRET, or --secret), and the same time? Is its NODE_ENV, or what it has like that, such that it takes the public dev secret?`;
    case 404:
    case 405:
      return `${url} answers ${status}. Is that the path at which the app serves Durable, for POST?`;
    default:
      return `${url} answered the first inspect with ${status}, and not with a signed 200: ${said}`;
  }
}
