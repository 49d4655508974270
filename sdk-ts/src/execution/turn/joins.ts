// Joins, and the groups of a loop. Which branch wins follows from the order in which results are handed out, so it is
// decided in the turn that sees it, and user code goes on: a join is reported, not awaited. The branches that lost are
// closed, and whatever they began in this turn is forgotten.

import { stepNameProblem } from "@durable/protocol/wire";
import { NonRetriableError } from "../../errors.ts";
import { shown } from "../../options.ts";
import type { GroupScope } from "../scope.ts";
import type { TurnParts } from "./checkpoints.ts";
import { closeLosers, type Loser } from "./losers.ts";
import type { Recorded } from "./memo.ts";
import type { PathWatch } from "./path-watch.ts";
import type { JoinPoint, Place } from "./place.ts";
import type { Purpose } from "./purpose.ts";
import type { TurnOptions } from "./turn-options.ts";

interface JoiningTurn {
  readonly parts: TurnParts;
  readonly place: Place;
  readonly purpose: Purpose;
  /** Null where nobody watches. */
  readonly watch: PathWatch | null;
  readonly asked: TurnOptions["asked"];
  isOver(): boolean;
  /** @throws NonRetriableError when it is called from within a step's body. */
  refuseNesting(name: string): void;
  /** Ends the turn when something else is recorded. */
  agree(point: JoinPoint, recorded: Recorded): void;
  /** User code may have come to rest. */
  look(): void;
}

export class Joins {
  readonly #turn: JoiningTurn;

  constructor(turn: JoiningTurn) {
    this.#turn = turn;
  }

  /**
   * User code has reached a join.
   * @throws NonRetriableError for a name that none can have, and within a step's body.
   */
  open(name: string): JoinPoint {
    const { place } = this.#turn;
    this.#turn.refuseNesting(name);
    const problem = typeof name === "string" ? stepNameProblem(name) : "Its name must be a string.";
    if (problem !== null) throw new NonRetriableError(`Join ${shown(name)}: ${problem}`);
    return { ...place.next(name), name, scope: place.scope };
  }

  /** A join is decided. User code goes on in this turn; the engine cancels what the losers have open. */
  decide(point: JoinPoint, losers: readonly Loser[], v: readonly string[]): void {
    const { parts, purpose, watch, asked } = this.#turn;
    if (this.#turn.isOver()) return;
    const { id, name, n, scope } = point;
    const lost = closeLosers(losers, parts);
    scope.reached(id, false);
    const recorded = parts.memo.claim(id);
    watch?.reached(point, recorded !== undefined);
    asked?.({ id, op: "join", name, n }, recorded !== undefined);
    if (recorded !== undefined) this.#turn.agree(point, recorded);
    else if (purpose.begins(id)) {
      watch?.decided(point);
      parts.news.add({ op: "join", id, name, n, losers: lost, v }, scope);
    }
    this.#turn.look();
  }

  /** A group is done: what its items have open nobody asks for again, and what they began in this turn is forgotten. */
  leaveBehind(group: GroupScope): void {
    closeLosers([group], this.#turn.parts);
  }
}
