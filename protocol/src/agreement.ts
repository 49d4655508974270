// Compile-time only: each schema describes exactly the interface of the same name, no member more or less. When a
// line here does not compile, messages.ts and a schema have come apart.
import type * as z from "zod";
import type { answerSchema } from "./answer.ts";
import type { callAnswerSchema } from "./call.ts";
import type { checkpointAnswerSchema, checkpointRequestSchema } from "./checkpoint.ts";
import type { clientEventSchema, cloudEventSchema, runEventSchema } from "./event.ts";
import type { failureSchema } from "./failure.ts";
import type { heartbeatRequestSchema } from "./heartbeat.ts";
import type {
  functionManifestSchema,
  inspectRequestSchema,
  manifestSchema,
  syncRequestSchema,
} from "./inspect.ts";
import type { engineRequestSchema } from "./invoke.ts";
import type { lateRequestSchema } from "./late.ts";
import type { blobRequestSchema, memoEntrySchema, memoPageRequestSchema, memoPageSchema } from "./memo.ts";
import type * as m from "./messages.ts";
import type { opSchema } from "./ops/op.ts";
import type { problemSchema } from "./problem.ts";
import type { retryPolicySchema } from "./retry.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Agree<Schema extends z.ZodType, Message> = Same<Flat<z.output<Schema>>, Flat<Message>>;
/** Interfaces that extend others, written out as one object, all the way down. */
type Flat<T> = T extends (infer Item)[]
  ? Flat<Item>[]
  : T extends object
    ? { [Key in keyof T]: Flat<T[Key]> }
    : T;

type AllTrue<_ extends readonly true[]> = true;

export type Agreement = AllTrue<
  [
    Agree<typeof answerSchema, m.Answer>,
    Agree<typeof callAnswerSchema, m.CallAnswer>,
    Agree<typeof opSchema, m.Op>,
    Agree<typeof engineRequestSchema, m.EngineRequest>,
    Agree<typeof heartbeatRequestSchema, m.HeartbeatRequest>,
    Agree<typeof lateRequestSchema, m.LateRequest>,
    Agree<typeof inspectRequestSchema, m.InspectRequest>,
    Agree<typeof manifestSchema, m.Manifest>,
    Agree<typeof functionManifestSchema, m.FunctionManifest>,
    Agree<typeof syncRequestSchema, m.SyncRequest>,
    Agree<typeof memoEntrySchema, m.MemoEntry>,
    Agree<typeof memoPageRequestSchema, m.MemoPageRequest>,
    Agree<typeof memoPageSchema, m.MemoPage>,
    Agree<typeof blobRequestSchema, m.BlobRequest>,
    Agree<typeof checkpointRequestSchema, m.CheckpointRequest>,
    Agree<typeof checkpointAnswerSchema, m.CheckpointAnswer>,
    Agree<typeof clientEventSchema, m.ClientEvent>,
    Agree<typeof cloudEventSchema, m.CloudEvent>,
    Agree<typeof runEventSchema, m.RunEvent>,
    Agree<typeof retryPolicySchema, m.RetryPolicy>,
    Agree<typeof failureSchema, m.Failure>,
    Agree<typeof problemSchema, m.Problem>,
  ]
>;
