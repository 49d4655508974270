import { setTimeout as sleep } from "node:timers/promises";
import type { AnswerOf } from "../http/contract/table.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import type { Api, Workspace } from "./target.ts";

type Erasure = AnswerOf<"getErasure">;

const LOOK_EVERY_MS = 300;

/** Stays until it is over. Runs that are ending keep it waiting. */
export async function followErasure(api: Api, params: Workspace & { readonly id: string }): Promise<Erasure> {
  for (;;) {
    const erasure = await api.getErasure({ params });
    if (erasure.ended_at !== null) return erasure;
    await sleep(LOOK_EVERY_MS);
  }
}

export function sayErasure(context: Context, { id, status, path, found, erased }: Erasure): void {
  const theirs = `${found.runs} runs, of which ${found.live} had not ended, and ${found.events} events`;
  const sentences = {
    finding: `Erasure ${id} is on disk, by ${path}. durable erasures says how far it is.`,
    erasing: `Erasure ${id}: runs ${erased.runs} of ${found.runs}, events ${erased.events} of ${found.events}.`,
    completed: `Erased for good: ${erased.runs} runs and ${erased.events} events.`,
    counted: `Nothing was erased. Theirs are ${theirs}.`,
    aborted: "It was called off. Nothing was erased.",
    refused: `Nothing was erased: ${found.live} of their runs have not ended. --live cancel cancels them first.`,
  };
  if (status === "refused" || status === "aborted") context.exitCode = EXIT.failed;
  context.say(sentences[status]);
}
