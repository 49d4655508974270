/** What a value is after it went through JSON: what a step's result is on replay, and so on the first run too. */
export type Jsonify<Value> = Value extends { toJSON(): infer Json }
  ? Jsonify<Json>
  : Value extends string | number | boolean | null | undefined | void
    ? Value
    : Value extends bigint | symbol | ((...args: never[]) => unknown)
      ? never
      : Value extends readonly unknown[]
        ? { [Index in keyof Value]: Jsonify<Value[Index]> }
        : Value extends Map<unknown, unknown> | Set<unknown>
          ? Record<string, never>
          : Value extends object
            ? {
                [Key in keyof Value as Value[Key] extends (...args: never[]) => unknown
                  ? never
                  : Key]: Jsonify<Value[Key]>;
              }
            : Value;
