import { ID_CHARACTERS_MAX, QUERIES_PER_RUN_MAX } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { Untyped } from "../event.ts";
import type { Turn } from "../execution/turn.ts";

/** Answers a question about the run: with what it knows, without steps. */
export type QueryHandler = (input: Untyped) => unknown;

/**
 * `step.onQuery(name, (input) => ...)`: answers questions about the run, in any of its states and after its end
 * (`durable.query(run, name, input)`, `POST runs/{id}/query/{name}`). The answer is made by a replay of the run so far,
 * which starts nothing new; so register it before the steps that it shall be asked beside, and let it read variables
 * of the handler. It may do what code between steps may do: it must not change anything.
 */
export type OnQuery = (name: string, handler: QueryHandler) => void;

export function makeOnQuery(turn: Turn): OnQuery {
  return (name, handler) => {
    if (typeof name !== "string" || name === "" || name.length > ID_CHARACTERS_MAX) {
      throw new NonRetriableError(`A query is named by 1 to ${ID_CHARACTERS_MAX} characters.`);
    }
    if (typeof handler !== "function") {
      throw new NonRetriableError(`Query "${name}": the second argument of step.onQuery must be a function.`);
    }
    if (turn.queries.size >= QUERIES_PER_RUN_MAX && !turn.queries.has(name)) {
      throw new NonRetriableError(`Query "${name}": a run answers at most ${QUERIES_PER_RUN_MAX} queries.`);
    }
    turn.queries.set(name, handler);
  };
}
