<?php

declare(strict_types=1);

namespace Durable\Wire;

/** Every number of the protocol. A test holds them to the table of its README. */
final class Limits
{
    public const REQUEST_BYTES_MAX = 4_194_304;
    public const ANSWER_BYTES_MAX = 6_291_456;
    public const VALUE_BYTES_MAX = 4_194_304;
    public const REF_BYTES_MIN = 65_536;
    public const BLOB_BYTES_MAX = 33_554_432;
    public const MEMO_ENTRIES_MAX = 10_000;
    public const MEMO_PAGE_BYTES_MAX = 5_242_880;
    public const MEMO_BYTES_MAX = 67_108_864;
    public const OPS_PER_ANSWER_MAX = 10_000;
    public const STEP_NAME_BYTES_MAX = 200;
    public const EVENT_NAME_CHARACTERS_MAX = 200;
    public const ID_CHARACTERS_MAX = 200;
    public const FUNCTIONS_PER_APP_MAX = 1_000;
    public const TRIGGERS_PER_FUNCTION_MAX = 10;
    public const JITTER_MS_MAX = 3_600_000;
    public const MATCH_PATHS_MAX = 20;
    public const MATCH_PATH_CHARACTERS_MAX = 500;
    public const EXPRESSION_CHARACTERS_MAX = 1_000;
    public const AWAITED_EVENTS_MAX = 50;
    public const CANCEL_ON_MAX = 10;
    public const INVOKES_MAX = 100;
    public const TAGS_MAX = 10;
    public const SEARCHABLE_PATHS_MAX = 10;
    public const CONCURRENCY_LIMITS_MAX = 4;
    public const LIMIT_MAX = 1_000_000;
    public const THROTTLE_UNITS_MAX = 10_000;
    public const RATE_LIMIT_MAX = 10_000;
    public const BATCH_EVENTS_MAX = 1_000;
    public const BATCH_BYTES_MAX = 2_097_152;
    public const BATCH_BYTES_DEFAULT = 1_048_576;
    public const PRIORITY_MAX = 600;
    public const FAIRNESS_WEIGHT_MAX = 100;
    public const BRANCH_CASES_MAX = 100;
    public const BRANCH_CASE_CHARACTERS_MAX = 200;
    public const INPUT_SCHEMA_BYTES_MAX = 65_536;
    public const INPUT_PROMPT_CHARACTERS_MAX = 10_000;
    public const QUERIES_PER_RUN_MAX = 100;
    public const STATE_BYTES_MAX = 65_536;
    public const PROGRESS_BYTES_MAX = 4_096;
    public const BEATS_PER_MESSAGE_MAX = 100;
    public const HEARTBEAT_TIMEOUT_MS_MAX = 86_400_000;
    public const LOG_LINES_PER_STEP_MAX = 1_000;
    public const LOG_TEXT_BYTES_MAX = 8_192;
    public const LOG_BYTES_PER_ANSWER_MAX = 1_048_576;
    public const FAILURE_MESSAGE_BYTES_MAX = 4_096;
    public const FAILURE_STACK_BYTES_MAX = 16_384;
    public const FAILURE_CAUSES_MAX = 5;
    public const EVENT_BYTES_MAX = 1_048_576;
    public const EVENTS_PER_SEND_MAX = 5_000;
    public const TIMESTAMP_TOLERANCE_S = 300;
    public const SECRET_BYTES_MIN = 24;
    public const SECRET_BYTES_MAX = 64;
    public const SIGNATURE_HEADER_CHARACTERS_MAX = 2_048;
    public const RETRY_DELAY_MS_MIN = 1;
    public const RETRY_DELAY_MS_MAX = 86_400_000;
    public const ATTEMPTS_MAX = 1_000;
    public const RETRY_TABLE_MAX = 100;
    public const ERROR_NAMES_MAX = 100;
    public const SLEEP_MS_MAX = 31_622_400_000;
    public const FETCH_URL_CHARACTERS_MAX = 8_192;
    public const FETCH_HEADERS_MAX = 100;
    public const FETCH_HEADER_BYTES_MAX = 8_192;
    public const FETCH_BODY_BYTES_MAX = 1_048_576;
    public const FETCH_RESPONSE_BYTES_MAX = 1_048_576;
    public const FETCH_MS_MAX = 300_000;
    public const FETCH_MS_DEFAULT = 30_000;
    public const RUN_TOKEN_S_MAX = 604_800;
    public const RUN_TOKEN_S_DEFAULT = 3_600;
    public const JSON_DEPTH_MAX = 100;
    public const JSON_KEYS_MAX = 10_000;
    public const JSON_KEY_BYTES_MAX = 1_024;
}
