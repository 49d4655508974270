<?php

declare(strict_types=1);

namespace Durable\Json;

use Durable\Wire\Limits;

/** Reads JSON one token after the other, and says what is wrong with it and where. */
final class StrictReader
{
    private const NUMBER = '/-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?/A';
    private const SPACE = " \t\r\n";
    /** What a string cannot hold as it is, its end among it. */
    private const SPECIAL = "\"\\\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"
        . "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";

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
     * @param list<string> $raw Members with these names are checked but kept as RawJson.
     * @param bool $isExact Whether a number that no double holds is refused; never in raw members.
     * @throws JsonProblem
     */
    public static function read(string $text, array $raw, bool $isExact, int $depthMax): mixed
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
        // So many at a time, as no expression goes on for ever.
        $characters = '/(?:[\x00-\x7f]++|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}'
            . '|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}){1,100}+/A';
        $at = 0;
        while (preg_match($characters, $text, $good, 0, $at) === 1) {
            $at += strlen($good[0]);
        }
        return $at;
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

    /** By hand: an expression for all of a string gives up where that has very many escapes, unless PHP compiles it (pcre.jit). */
    private function string(): string
    {
        $start = $this->at;
        $hasEscapes = false;
        $this->at += 1;
        for (;;) {
            $this->at += strcspn($this->text, self::SPECIAL, $this->at);
            $found = $this->text[$this->at] ?? '';
            if ($found === '"') {
                break;
            }
            if ($found !== '\\') {
                $this->unexpected('A string must be closed, and control characters in it escaped');
            }
            $hasEscapes = true;
            $this->escape();
        }
        $this->at += 1;
        return $hasEscapes
            ? json_decode(substr($this->text, $start, $this->at - $start), false, 2, JSON_THROW_ON_ERROR)
            : substr($this->text, $start + 1, $this->at - $start - 2);
    }

    private function escape(): void
    {
        $kind = $this->text[$this->at + 1] ?? '';
        if ($kind !== 'u') {
            if ($kind === '' || !str_contains('"\\/bfnrt', $kind)) {
                $this->unexpected('A backslash must be followed by one of " \\ / b f n r t u');
            }
            $this->at += 2;
            return;
        }
        $code = $this->codeAt($this->at);
        if ($code === null) {
            $this->unexpected('\\u must be followed by four hex digits');
        }
        if ($code === 0) {
            $this->refuse('unsupported-character', 'The character NUL (\u0000) is not supported.');
        }
        $isHalf = $code >= 0xd800 && $code <= 0xdfff;
        $low = $isHalf && $code <= 0xdbff ? $this->codeAt($this->at + 6) : null;
        if ($isHalf && ($low === null || $low < 0xdc00 || $low > 0xdfff)) {
            $this->refuse('unsupported-character', 'Half a surrogate pair is no character and is not supported.');
        }
        $this->at += $isHalf ? 12 : 6;
    }

    /** Which character is escaped here by its number; null when none is. */
    private function codeAt(int $at): ?int
    {
        $escape = substr($this->text, $at, 6);
        return strlen($escape) === 6 && str_starts_with($escape, '\\u') && ctype_xdigit(substr($escape, 2))
            ? (int) hexdec(substr($escape, 2))
            : null;
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
