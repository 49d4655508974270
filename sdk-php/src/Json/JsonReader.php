<?php

declare(strict_types=1);

namespace Durable\Json;

use Durable\Wire\Limits;

/**
 * Strict JSON: what one side reads, the other side meant, and nothing else. `json_decode` takes the last of two equal names
 * and lets NUL through.
 *
 * Text that is written back unchanged by `json_encode` has no name twice, no odd spelling and nothing beside the value, so
 * PHP's own functions decide the usual case; the rest is read here, one token after the other, which says what is wrong with
 * it, or passes it.
 */
final class JsonReader
{
    private const STRING = '/"((?:[^"\\\\\x00-\x1f]++|\\\\(?:["\\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+)"/A';
    private const NUMBER = '/-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?/A';
    private const SPACE = " \t\r\n";

    private int $at = 0;

    /** @param array<string, true> $raw Names of members that are checked and kept as text. */
    private function __construct(
        private readonly string $text,
        private readonly array $raw,
        private readonly int $depthMax,
        private bool $isExact,
    ) {
    }

    /**
     * The document, with objects as arrays (see JsonObject).
     *
     * @param list<string> $raw Members with these names are checked but kept as RawJson.
     * @param bool $isExact Whether a number that no double holds is refused; never in raw members.
     * @throws JsonProblem
     */
    public static function read(string $text, array $raw = [], bool $isExact = true, int $depthMax = Limits::JSON_DEPTH_MAX): mixed
    {
        if ($raw === []) {
            $value = self::readPlain($text, $depthMax);
            if ($value !== null) {
                return $value;
            }
        }
        return self::readStrictly($text, $raw, $isExact, $depthMax);
    }

    /**
     * A message of the engine. What of it is a value of users' code may hold any number.
     *
     * @throws JsonProblem
     */
    public static function message(string $text): mixed
    {
        $value = self::readPlain($text, Limits::JSON_DEPTH_MAX);
        return $value ?? self::revive(self::readStrictly($text, ['v', 'data', 'input', 'output'], true, Limits::JSON_DEPTH_MAX));
    }

    /** A value that is known to be JSON. */
    public static function value(string $json): mixed
    {
        return self::arraysOf(json_decode($json, false, 512, JSON_THROW_ON_ERROR));
    }

    /** Null when PHP's own functions cannot tell that it is read strictly. */
    private static function readPlain(string $text, int $depthMax): mixed
    {
        // An escaped character or many digits: each may be against the rules.
        if (str_contains($text, '\\u') || preg_match('/[0-9]{16}|[0-9][eE][+-]?[0-9]{3}/', $text) === 1) {
            return null;
        }
        $value = json_decode($text, false, $depthMax);
        if ($value === null || JsonWriter::encode($value) !== $text) {
            return null;
        }
        return strlen($text) <= Limits::JSON_KEY_BYTES_MAX || self::isWithinBounds($value) ? self::arraysOf($value) : null;
    }

    /** Neither a long name nor very many members. */
    private static function isWithinBounds(mixed $value): bool
    {
        if (is_object($value)) {
            $value = (array) $value;
            if (count($value) > Limits::JSON_KEYS_MAX) {
                return false;
            }
            foreach ($value as $name => $each) {
                if (strlen((string) $name) > Limits::JSON_KEY_BYTES_MAX) {
                    return false;
                }
            }
        }
        foreach (is_array($value) ? $value : [] as $each) {
            if ((is_array($each) || is_object($each)) && !self::isWithinBounds($each)) {
                return false;
            }
        }
        return true;
    }

    /** @param list<string> $raw */
    private static function readStrictly(string $text, array $raw, bool $isExact, int $depthMax): mixed
    {
        if (str_starts_with($text, "\xEF\xBB\xBF")) {
            throw new JsonProblem('invalid-encoding', 'The body begins with a byte order mark; send UTF-8 without one.', 0);
        }
        if (!mb_check_encoding($text, 'UTF-8')) {
            throw new JsonProblem('invalid-encoding', 'The body is not UTF-8.', self::firstBadByte($text));
        }
        $reader = new self($text, array_fill_keys($raw, true), $depthMax, $isExact);
        $reader->skipSpace();
        $value = $reader->anyValue(0);
        $reader->skipSpace();
        if ($reader->at < strlen($text)) {
            $reader->unexpected('Nothing may follow the JSON value');
        }
        return $value;
    }

    private static function firstBadByte(string $text): int
    {
        preg_match('/^(?:[\x00-\x7f]++|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}'
            . '|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})*+/', $text, $good);
        return strlen($good[0] ?? '');
    }

    private static function arraysOf(mixed $value): mixed
    {
        if (is_array($value)) {
            foreach ($value as $at => $each) {
                if (is_array($each) || is_object($each)) {
                    $value[$at] = self::arraysOf($each);
                }
            }
            return $value;
        }
        if (!is_object($value)) {
            return $value;
        }
        $members = (array) $value;
        foreach ($members as $name => $each) {
            if (is_array($each) || is_object($each)) {
                $members[$name] = self::arraysOf($each);
            }
        }
        return JsonObject::orArray($members);
    }

    private static function revive(mixed $value): mixed
    {
        if ($value instanceof RawJson) {
            return self::value($value->text);
        }
        if (is_array($value)) {
            return array_map(self::revive(...), $value);
        }
        return $value instanceof JsonObject ? new JsonObject(array_map(self::revive(...), $value->getArrayCopy())) : $value;
    }

    private function anyValue(int $depth): mixed
    {
        switch ($this->text[$this->at] ?? '') {
            case '"':
                return $this->string();
            case '{':
                return $this->object($depth + 1);
            case '[':
                return $this->list($depth + 1);
            case 't':
                return $this->literal('true', true);
            case 'f':
                return $this->literal('false', false);
            case 'n':
                return $this->literal('null', null);
            default:
                return $this->number();
        }
    }

    private function literal(string $word, ?bool $value): ?bool
    {
        if (substr_compare($this->text, $word, $this->at, strlen($word)) !== 0) {
            $this->unexpected('A JSON value was expected');
        }
        $this->at += strlen($word);
        return $value;
    }

    private function number(): int|float
    {
        if (preg_match(self::NUMBER, $this->text, $match, 0, $this->at) !== 1) {
            $at = $this->text[$this->at] ?? '';
            if ($at === '-') {
                $this->at += 1;
                $this->unexpected('A digit was expected');
            }
            $this->unexpected('A JSON value was expected');
        }
        $start = $this->at;
        $this->at += strlen($match[0]);
        $next = $this->text[$this->at] ?? '';
        if (ctype_digit($next) && in_array($match[0], ['0', '-0'], true)) {
            $this->unexpected('A number must not begin with 0');
        }
        if ($next === '.' && ($match[1] ?? '') === '' && ($match[2] ?? '') === '') {
            $this->at += 1;
            $this->unexpected('A digit was expected');
        }
        if (($next === 'e' || $next === 'E') && ($match[2] ?? '') === '') {
            $this->at += 1 + strspn($this->text, '+-', $this->at + 1, 1);
            $this->unexpected('A digit was expected');
        }
        $isWhole = ($match[1] ?? '') === '' && ($match[2] ?? '') === '';
        $value = $isWhole && strlen($match[0]) < 19 ? (int) $match[0] : (float) $match[0];
        if ($this->isExact && ($isWhole ? abs((float) $match[0]) > 9_007_199_254_740_991 : !is_finite($value))) {
            $this->at = $start;
            $this->refuse(
                'number-out-of-range',
                'A number is not exact as a double: whole numbers go to 2^53-1 either way. Send it as a string.',
            );
        }
        return $match[0] === '-0' ? -0.0 : $value;
    }

    private function string(): string
    {
        $start = $this->at;
        if (preg_match(self::STRING, $this->text, $match, 0, $start) !== 1) {
            $this->badString($start + 1);
        }
        $this->at += strlen($match[0]);
        if (!str_contains($match[1], '\\')) {
            return $match[1];
        }
        $this->checkEscapes($match[1], $start + 1);
        return json_decode($match[0], false, 2, JSON_THROW_ON_ERROR);
    }

    private function checkEscapes(string $inner, int $start): void
    {
        $length = strlen($inner);
        for ($at = strpos($inner, '\\'); $at !== false; $at = $at < $length ? strpos($inner, '\\', $at) : false) {
            if ($inner[$at + 1] !== 'u') {
                $at += 2;
                continue;
            }
            $code = hexdec(substr($inner, $at + 2, 4));
            $this->at = $start + $at;
            if ($code === 0) {
                $this->refuse('unsupported-character', 'The character NUL (\u0000) is not supported.');
            }
            $isHigh = $code >= 0xd800 && $code <= 0xdbff;
            if ($isHigh && preg_match('/\\\\u[dD][c-fC-F]/A', $inner, $low, 0, $at + 6) === 1) {
                $at += 12;
                continue;
            }
            if ($code >= 0xd800 && $code <= 0xdfff) {
                $this->refuse('unsupported-character', 'Half a surrogate pair is no character and is not supported.');
            }
            $at += 6;
        }
        $this->at = $start + $length + 1;
    }

    /** Finds what is wrong with the string that begins before this place. */
    private function badString(int $from): never
    {
        preg_match('/(?:[^"\\\\\x00-\x1f]++|\\\\(?:["\\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+/A', $this->text, $good, 0, $from);
        $this->checkEscapes($good[0] ?? '', $from);
        $this->at = $from + strlen($good[0] ?? '');
        if (($this->text[$this->at] ?? '') !== '\\') {
            $this->unexpected('A string must be closed, and control characters in it escaped');
        }
        $this->unexpected(
            ($this->text[$this->at + 1] ?? '') === 'u'
                ? '\\u must be followed by four hex digits'
                : 'A backslash must be followed by one of " \\ / b f n r t u',
        );
    }

    /** @return array<array-key, mixed>|JsonObject */
    private function object(int $depth): array|JsonObject
    {
        $this->enter($depth);
        $members = [];
        if (($this->text[$this->at] ?? '') === '}') {
            $this->at += 1;
            return new JsonObject();
        }
        for ($count = 1;; $count += 1) {
            if ($count > Limits::JSON_KEYS_MAX) {
                $this->refuse('too-complex', 'An object may have at most 10000 members.');
            }
            $start = $this->at;
            $name = $this->name();
            if (array_key_exists($name, $members)) {
                $this->at = $start;
                $this->refuse('duplicate-key', 'An object has two members of the same name.');
            }
            $members[$name] = isset($this->raw[$name]) ? $this->rawValue($depth) : $this->anyValue($depth);
            if ($this->endsAfterMember('}', 'A comma or } was expected')) {
                return JsonObject::orArray($members);
            }
        }
    }

    private function rawValue(int $depth): RawJson
    {
        $from = $this->at;
        $isExact = $this->isExact;
        $this->isExact = false;
        $this->anyValue($depth);
        $this->isExact = $isExact;
        return new RawJson(substr($this->text, $from, $this->at - $from));
    }

    /** @return list<mixed> */
    private function list(int $depth): array
    {
        $this->enter($depth);
        $list = [];
        if (($this->text[$this->at] ?? '') === ']') {
            $this->at += 1;
            return $list;
        }
        do {
            $list[] = $this->anyValue($depth);
        } while (!$this->endsAfterMember(']', 'A comma or ] was expected'));
        return $list;
    }

    private function enter(int $depth): void
    {
        if ($depth > $this->depthMax) {
            $this->refuse('too-complex', "JSON may be nested at most {$this->depthMax} deep.");
        }
        $this->at += 1;
        $this->skipSpace();
    }

    private function name(): string
    {
        $start = $this->at;
        if (($this->text[$start] ?? '') !== '"') {
            $this->unexpected("A member's name in double quotes was expected");
        }
        $name = $this->string();
        if (strlen($name) > Limits::JSON_KEY_BYTES_MAX) {
            $this->at = $start;
            $this->refuse('too-complex', "A member's name may have at most 1024 bytes.");
        }
        $this->skipSpace();
        if (($this->text[$this->at] ?? '') !== ':') {
            $this->unexpected('A colon was expected');
        }
        $this->at += 1;
        $this->skipSpace();
        return $name;
    }

    private function endsAfterMember(string $close, string $expected): bool
    {
        $this->skipSpace();
        $found = $this->text[$this->at] ?? '';
        if ($found !== ',' && $found !== $close) {
            $this->unexpected($expected);
        }
        $this->at += 1;
        if ($found === $close) {
            return true;
        }
        $this->skipSpace();
        return false;
    }

    private function skipSpace(): void
    {
        $this->at += strspn($this->text, self::SPACE, $this->at);
    }

    private function unexpected(string $expected): never
    {
        $found = $this->text[$this->at] ?? null;
        if ($found === "\0") {
            $this->refuse('unsupported-character', 'The character NUL is not supported.');
        }
        $this->refuse('malformed-json', "The body is not JSON: {$expected}" . ($found === null ? ', but the text ends here.' : '.'));
    }

    private function refuse(string $problem, string $sentence): never
    {
        throw new JsonProblem($problem, $sentence, $this->at);
    }
}
