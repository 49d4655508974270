// Every number of the protocol, once. Units come last in the names; README section "Limits" is this file as a table.

const KIB = 1024;
const MIB = 1024 * KIB;
const DAY_MS = 24 * 60 * 60 * 1000;

/** An engine's request to an app. What of the memo does not fit comes in pages, if the SDK has the capability `pages`. */
export const REQUEST_BYTES_MAX = 4 * MIB;
/** An app's answer to one request. */
export const ANSWER_BYTES_MAX = 6 * MIB;
/** One value (`v`, `input`, `output`) written inline. */
export const VALUE_BYTES_MAX = 4 * MIB;
/** From this size the engine sends a value as a `ref`, if the SDK has the capability `refs`. */
export const REF_BYTES_MIN = 64 * KIB;
/** One value kept as a blob and fetched by its `ref`. */
export const BLOB_BYTES_MAX = 32 * MIB;

/** Entries of one run's memo. */
export const MEMO_ENTRIES_MAX = 10_000;
/** One memo page, unless its only entry is larger: a value of any size fits, with room around it. */
export const MEMO_PAGE_BYTES_MAX = 5 * MIB;
/** A request and all pages of its memo together. */
export const MEMO_BYTES_MAX = 64 * MIB;
/** Ops of one answer. */
export const OPS_PER_ANSWER_MAX = 10_000;

/** UTF-8 bytes of a step's name. */
export const STEP_NAME_BYTES_MAX = 200;
/** Characters of an event's name. */
export const EVENT_NAME_CHARACTERS_MAX = 200;
/** Characters of any identifier: app, function, event id, fence, revision. */
export const ID_CHARACTERS_MAX = 200;
/** Functions of one manifest. */
export const FUNCTIONS_PER_APP_MAX = 1_000;
/** Triggers of one function. */
export const TRIGGERS_PER_FUNCTION_MAX = 10;
/** How far a schedule may spread its runs behind their ticks. */
export const JITTER_MS_MAX = DAY_MS / 24;
/** Paths of one `match`, and characters of one of them. */
export const MATCH_PATHS_MAX = 20;
export const MATCH_PATH_CHARACTERS_MAX = 500;
/** Characters of an expression or a cron line. */
export const EXPRESSION_CHARACTERS_MAX = 1_000;
/** Events of one wait for any or for all of them. */
export const AWAITED_EVENTS_MAX = 50;
/** Events that cancel the runs of one function. */
export const CANCEL_ON_MAX = 10;
/** Functions that one function says it invokes. */
export const INVOKES_MAX = 100;
/** Tags of one event, and of one function; paths of the data of its events that its runs are found by. */
export const TAGS_MAX = 10;
export const SEARCHABLE_PATHS_MAX = 10;
/** Limits of concurrency that one function has. */
export const CONCURRENCY_LIMITS_MAX = 4;
/** What a limit counts to. */
export const LIMIT_MAX = 1_000_000;
/** What one start may cost at a throttle. */
export const THROTTLE_UNITS_MAX = 10_000;
/** Starts per period of an exact rate limit; one with a burst may have more. */
export const RATE_LIMIT_MAX = 10_000;
/** Events of one batch, and bytes of their data together. */
export const BATCH_EVENTS_MAX = 1_000;
export const BATCH_BYTES_MAX = 2 * MIB;
export const BATCH_BYTES_DEFAULT = 1 * MIB;
/** By how many seconds a job goes earlier or later. */
export const PRIORITY_MAX = 600;
/** The share of one tenant, beside others of 1. */
export const FAIRNESS_WEIGHT_MAX = 100;
/** Cases of one branch, and characters of the name of one. */
export const BRANCH_CASES_MAX = 100;
export const BRANCH_CASE_CHARACTERS_MAX = 200;
/** JSON Schema of the answer to an input. */
export const INPUT_SCHEMA_BYTES_MAX = 64 * KIB;
/** Characters of what people are told with an input. */
export const INPUT_PROMPT_CHARACTERS_MAX = 10_000;
/** Queries that one run answers. */
export const QUERIES_PER_RUN_MAX = 100;
/** A run's published state. */
export const STATE_BYTES_MAX = 64 * KIB;
/** What a step says of its progress, as JSON. */
export const PROGRESS_BYTES_MAX = 4 * KIB;
export const BEATS_PER_MESSAGE_MAX = 100;
/** How long a step may be silent that has to say that it lives. */
export const HEARTBEAT_TIMEOUT_MS_MAX = DAY_MS;
/** Log lines kept of one step attempt. */
export const LOG_LINES_PER_STEP_MAX = 1_000;
/** UTF-8 bytes of a log line's message, and of its data as JSON; what is longer is cut. */
export const LOG_TEXT_BYTES_MAX = 8 * KIB;
/** UTF-8 bytes of all log lines of an answer; an SDK leaves out what is more, and says so in a line. */
export const LOG_BYTES_PER_ANSWER_MAX = 1 * MIB;

/** UTF-8 bytes of a failure's message; an SDK cuts what is longer. */
export const FAILURE_MESSAGE_BYTES_MAX = 4 * KIB;
/** UTF-8 bytes of a failure's stack; an SDK cuts what is longer. */
export const FAILURE_STACK_BYTES_MAX = 16 * KIB;
/** Failures nested by `cause`. */
export const FAILURE_CAUSES_MAX = 5;

/** One event's data. */
export const EVENT_BYTES_MAX = 1 * MIB;
/** Events of one send. */
export const EVENTS_PER_SEND_MAX = 5_000;

/** How far the signed timestamp may lie from the receiver's clock, to either side. */
export const TIMESTAMP_TOLERANCE_S = 300;
/** A secret, decoded. */
export const SECRET_BYTES_MIN = 24;
export const SECRET_BYTES_MAX = 64;
/** A `webhook-signature` header; a longer one is refused unread. */
export const SIGNATURE_HEADER_CHARACTERS_MAX = 2_048;

/** Delay before a retry. */
export const RETRY_DELAY_MS_MIN = 1;
export const RETRY_DELAY_MS_MAX = DAY_MS;
/** Attempts of one step, the first included. */
export const ATTEMPTS_MAX = 1_000;
/** Delays in a retry policy's table. */
export const RETRY_TABLE_MAX = 100;
/** Names of errors in a retry policy's list. */
export const ERROR_NAMES_MAX = 100;
/** A sleep, or the timeout of a wait. */
export const SLEEP_MS_MAX = 366 * DAY_MS;

/** Characters of the URL of a fetch. */
export const FETCH_URL_CHARACTERS_MAX = 8_192;
/** Headers of a fetch, and UTF-8 bytes of one of them. */
export const FETCH_HEADERS_MAX = 100;
export const FETCH_HEADER_BYTES_MAX = 8 * KIB;
/** Body that a fetch sends. */
export const FETCH_BODY_BYTES_MAX = 1 * MIB;
/** Body that a fetch takes back. */
export const FETCH_RESPONSE_BYTES_MAX = 1 * MIB;
/** Time of one attempt of a fetch; that, unless it says less. */
export const FETCH_MS_MAX = 300_000;
export const FETCH_MS_DEFAULT = 30_000;

/** How long a run token may show its run, from when it is sent. */
export const RUN_TOKEN_S_MAX = 7 * 24 * 60 * 60;
/** How long it does unless it says another time. */
export const RUN_TOKEN_S_DEFAULT = 60 * 60;

/** Nesting of a JSON document. */
export const JSON_DEPTH_MAX = 100;
/** Members of one JSON object. */
export const JSON_KEYS_MAX = 10_000;
/** UTF-8 bytes of one member's name. */
export const JSON_KEY_BYTES_MAX = 1_024;
