import { NonRetriableError } from "../../errors.ts";
import type { StepCall } from "./step-call.ts";

interface Circumstances {
  /** Whether steps that stand there are planned. */
  readonly plans: boolean;
  /** Whether the engine hears what bodies say while they run. */
  readonly hearsBeats: boolean;
  /** Whether the engine puts on disk that a body is called before it is. */
  readonly canClaim: boolean;
}

/**
 * The op with which a new step gets a task of its own; null when it is begun in the turn that reaches it.
 * @throws NonRetriableError when this engine cannot do what the step asks for.
 */
export function ownTask(
  { op, name, atMostOnce, watch }: StepCall,
  { plans, hearsBeats, canClaim }: Circumstances,
): "start" | "plan" | null {
  if (op !== "run") return null;
  if (watch !== undefined && !hearsBeats) {
    throw new NonRetriableError(
      `Step "${name}" has a "heartbeatTimeout", and the engine cannot hear it. Set DURABLE_URL where the app runs to the address of the engine.`,
    );
  }
  if (!atMostOnce) return watch !== undefined || plans ? "plan" : null;
  if (canClaim) return "start";
  throw new NonRetriableError(
    `Step "${name}": this engine cannot run a step at most once. Update the engine.`,
  );
}
