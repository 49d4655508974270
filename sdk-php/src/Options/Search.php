<?php

declare(strict_types=1);

namespace Durable\Options;

use Durable\Exception\InvalidOption;
use Durable\Wire\Limits;

/** What runs are found by: `tags` and `searchable`. */
final class Search
{
    private const TAG = '~^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,99}$~D';
    private const PATH = '/^(?=.{1,200}$)data(?:\.[A-Za-z0-9_-]+)+$/D';

    /** @return list<string> */
    public static function tags(mixed $tags): array
    {
        return self::listOf(
            'tags',
            $tags,
            Limits::TAGS_MAX,
            self::TAG,
            'a tag is 1 to 100 of A-Z a-z 0-9 _ . : / - and begins with none of . : / -',
        );
    }

    /** @return list<string> */
    public static function searchable(mixed $paths): array
    {
        return self::listOf(
            'searchable',
            $paths,
            Limits::SEARCHABLE_PATHS_MAX,
            self::PATH,
            'a path leads into the event, such as "data.user.id"',
        );
    }

    /** @return list<string> */
    private static function listOf(string $member, mixed $given, int $max, string $pattern, string $rule): array
    {
        if (!is_array($given) || !array_is_list($given) || count($given) > $max) {
            throw new InvalidOption("\"{$member}\" is a list of at most {$max} texts.");
        }
        foreach ($given as $text) {
            if (!is_string($text) || preg_match($pattern, $text) !== 1) {
                throw new InvalidOption("\"{$member}\" has " . Shown::text($text) . ", and {$rule}.");
            }
        }
        return $given;
    }
}
