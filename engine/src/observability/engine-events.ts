import { EventEmitter } from "node:events";
import type { RunEnd } from "../domain/run-end.ts";

/** What happens inside one engine process, for whoever watches it there. Never a source of truth. */
export interface EngineEventMap {
  /** A run this process executed (or cancelled) reached its end; the commit is on disk. */
  "run.ended": { workspaceId: number; runId: string; end: RunEnd };
  /** This process was declared dead by another one; it dropped what it held. */
  "engine.lost": { engineId: number };
}

type Listener<Name extends keyof EngineEventMap> = (event: EngineEventMap[Name]) => void;

export class EngineEvents {
  readonly #emitter = new EventEmitter().setMaxListeners(0);

  on<Name extends keyof EngineEventMap>(name: Name, fn: Listener<Name>): () => void {
    this.#emitter.on(name, fn);
    return () => this.#emitter.off(name, fn);
  }

  emit<Name extends keyof EngineEventMap>(name: Name, event: EngineEventMap[Name]): void {
    this.#emitter.emit(name, event);
  }
}
