/**
 * What a value is after it went through JSON, which every result and every event does: a `Date` becomes a string, a
 * method disappears, a class becomes its public data.
 */
export type Jsonify<Value> = 0 extends 1 & Value
  ? Value // any
  : unknown extends Value
    ? Value
    : Value extends { toJSON(...args: never[]): infer Json }
      ? Jsonify<Json>
      : // biome-ignore lint/suspicious/noConfusingVoidType: it is what a body without a return returns
        Value extends string | number | boolean | null | undefined | void
        ? Value
        : Value extends bigint
          ? never
          : Value extends Unsayable
            ? undefined
            : Value extends readonly unknown[]
              ? { [Index in keyof Value]: JsonifyItem<Value[Index]> }
              : Value extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
                ? Record<string, never>
                : Value extends object
                  ? JsonifyObject<Value>
                  : never;

// biome-ignore lint/suspicious/noExplicitAny: any function, whatever it takes
type Unsayable = symbol | ((...args: any[]) => unknown);

/** An array keeps its length: what JSON cannot say becomes null. */
type JsonifyItem<Value> = Value extends Unsayable | undefined ? null : Jsonify<Value>;

type JsonifyObject<Value> = {
  [Key in keyof Value as Key extends symbol ? never : Value[Key] extends Unsayable ? never : Key]: Jsonify<
    Value[Key]
  >;
};
