import type { AnswerOf } from "../http/contract/table.ts";
import type { Context } from "./context.ts";

/** What a rerun does, or would do: first the new run, then what it begins with. */
export function sayRerun(context: Context, answer: AnswerOf<"rerunRun">, isJson: boolean): void {
  if (isJson) {
    context.say(JSON.stringify(answer));
    return;
  }
  const { run, origin, kept, again, anew, undone } = answer;
  const of = `of ${answer.function} (version ${answer.function_version})`;
  context.say(
    run === null
      ? `Nothing was done. A run ${of} would be made from ${origin}.`
      : `Run ${run} ${of} is on disk, made from ${origin}.`,
  );
  if (answer.kind !== "rerun") context.say(`It begins with ${kept === 1 ? "1 result" : `${kept} results`}.`);
  if (undone !== null) context.say("Steps that were undone run again, and all that was recorded after them.");
  if (answer.kind !== "rerun" && again.length > 0) context.say(`Runs again: ${namesOf(again)}.`);
  if (anew.length > 0) context.say(`Was open, and begins anew: ${namesOf(anew)}.`);
}

const SHOWN_MAX = 10;

function namesOf(entries: AnswerOf<"rerunRun">["again"]): string {
  const names = entries.slice(0, SHOWN_MAX).map(({ name }) => name);
  return `${names.join(", ")}${entries.length > SHOWN_MAX ? " and more" : ""}`;
}
