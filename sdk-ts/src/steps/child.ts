import type { InvokeOp } from "@durable/protocol/wire";
import { EVENT_BYTES_MAX } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import { toJson } from "../execution/value.ts";
import type { DurableFunction } from "../function.ts";
import { checkSlug } from "../function-check.ts";
import { checkOptions } from "./checked-options.ts";

export interface ChildOptions<Data = unknown> {
  /** What the child gets as its event's data; it must fit the function's `input`. */
  readonly input?: Data | undefined;
  /** The app that the function belongs to, where it is another one of this environment: one that has this one among its callers. */
  readonly app?: string | undefined;
  /**
   * What becomes of the child when this run is cancelled, or no longer waits for it: `cascade` (unless told) cancels it
   * too, `abandon` lets it go on.
   */
  readonly onCancel?: "cascade" | "abandon" | undefined;
}

/** A function, given as such or by its id: of the same app, unless `app` names another one. */
export type ChildTarget = DurableFunction | string;

/** The step's name can be left out: then it is the function's id. */
export interface ChildCall<Options> {
  readonly name: string;
  readonly target: ChildTarget;
  readonly options: Options;
}

export type ChildArguments<Fn extends ChildTarget, Options> =
  | readonly [name: string, fn: Fn, options?: Options]
  | readonly [fn: Fn, options?: Options];

/** Tells the forms apart: a second argument that names a function makes the first one the step's name. */
export function readCall<Options extends object>(
  args: ChildArguments<ChildTarget, Options>,
): ChildCall<Options> {
  const [first, second, third] = args;
  const isNamed = args.length > 2 || typeof second === "string" || isFunction(second);
  const target = (isNamed ? second : first) as ChildTarget;
  const options = (isNamed ? third : (second as Options | undefined)) ?? ({} as Options);
  return { name: isNamed ? (first as string) : idOf(target), target, options };
}

const MEMBERS = ["input", "app", "onCancel"];

/** @throws NonRetriableError with what is wrong with the call. */
export function childOnWire(
  verb: string,
  { name, target, options }: ChildCall<ChildOptions>,
  members: readonly string[] = [],
): Pick<InvokeOp, "fn" | "app" | "input" | "on_cancel"> {
  const subject = `Step "${name}"`;
  const fn = idOf(target);
  try {
    checkSlug("The function id", fn);
  } catch (error) {
    throw new NonRetriableError(
      `${subject}: step.${verb} takes a function or its id. ${(error as Error).message}.`,
    );
  }
  checkOptions(subject, `step.${verb}`, options, [...MEMBERS, ...members]);
  const { app, input, onCancel } = options;
  if (app !== undefined) {
    try {
      checkSlug('"app"', app);
    } catch (error) {
      throw new NonRetriableError(`${subject}: ${(error as Error).message}.`);
    }
  }
  if (onCancel !== undefined && onCancel !== "cascade" && onCancel !== "abandon") {
    throw new NonRetriableError(
      `${subject}: "onCancel" must be "cascade" or "abandon", not ${JSON.stringify(onCancel)}.`,
    );
  }
  const json = toJson(`${subject} gives "${fn}"`, input, EVENT_BYTES_MAX);
  return {
    fn,
    ...(app !== undefined && { app }),
    ...(json !== undefined && { input: json }),
    ...(onCancel !== undefined && { on_cancel: onCancel }),
  };
}

/** Of whatever JavaScript passes for a function here; a step's name must be text before it is checked. */
function idOf(target: ChildTarget): string {
  return typeof target === "string"
    ? target
    : ((target as Partial<DurableFunction> | undefined)?.id as string);
}

function isFunction(value: unknown): value is DurableFunction {
  return typeof value === "object" && value !== null && "id" in value && "options" in value;
}
