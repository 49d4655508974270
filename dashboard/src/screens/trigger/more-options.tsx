import { Field, INPUT_LOOK } from "../../parts/field.tsx";

export interface Options {
  readonly id: string;
  readonly tags: string;
  /** As a person types it: `10m`. */
  readonly delay: string;
}

export const NO_OPTIONS: Options = { id: "", tags: "", delay: "" };

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Null for what is no duration. */
export function delayMsOf(text: string): number | null {
  if (text.trim() === "") return 0;
  const [, amount, unit] = /^(\d{1,6})\s*([smhd])$/.exec(text.trim()) ?? [];
  return amount === undefined ? null : Number(amount) * UNIT_MS[unit!]!;
}

export function bodyOf({ id, tags, delay }: Options) {
  const words = tags.split(/[\s,]+/).filter(Boolean);
  const delayMs = delayMsOf(delay) ?? 0;
  return {
    ...(id.trim() === "" ? {} : { id: id.trim() }),
    ...(words.length === 0 ? {} : { tags: words }),
    ...(delayMs === 0 ? {} : { delay_ms: delayMs }),
  };
}

/** What is seldom needed. */
export function MoreOptions({
  options,
  set,
}: {
  readonly options: Options;
  readonly set: (options: Options) => void;
}) {
  const input = (name: keyof Options) => ({
    value: options[name],
    onChange: ({ target }: { readonly target: HTMLInputElement }) =>
      set({ ...options, [name]: target.value }),
    autoComplete: "off",
    className: INPUT_LOOK,
  });
  return (
    <details className="rounded-lg border border-line bg-raised">
      <summary className="cursor-pointer px-3 py-2 text-sm font-medium">Id, tags, delay</summary>
      <div className="grid gap-4 px-3 pb-4 sm:grid-cols-3">
        <Field label="Id" hint="Sent again under it, no second run starts.">
          {(control) => <input {...control} {...input("id")} maxLength={200} />}
        </Field>
        <Field label="Tags" hint="Words that the run is found by.">
          {(control) => <input {...control} {...input("tags")} placeholder="import test" />}
        </Field>
        <Field
          label="Begins later"
          {...(delayMsOf(options.delay) === null
            ? { error: "Such as 30s, 10m, 2h or 1d" }
            : { hint: "Such as 10m or 2h; at once where it is empty." })}
        >
          {(control) => <input {...control} {...input("delay")} />}
        </Field>
      </div>
    </details>
  );
}
