import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type Partition = AnswerOf<"getRetention">["partitions"][number];

export const PARTITION: Readonly<
  Record<Partition["state"], { readonly label: string; readonly tone: Tone; readonly said: string }>
> = {
  open: { label: "Open", tone: "good", said: "Not all of it is past the longest retention." },
  crowded: {
    label: "Crowded",
    tone: "calm",
    said: "Past all retention, but much of it lives; it is emptied run by run.",
  },
  dropped: { label: "Dropped", tone: "gone", said: "Gone; what lived moved aside." },
  swept: { label: "Swept", tone: "gone", said: "Nothing is left of it anywhere." },
};
