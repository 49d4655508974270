<?php

declare(strict_types=1);

namespace Durable\Json;

/**
 * A JSON object that no PHP array can stand for: one without members, or one whose names count from 0. Every other object is
 * an array with its names as keys. It is read and gone through like an array, and is written as an object again.
 *
 * @extends \ArrayObject<array-key, mixed>
 */
final class JsonObject extends \ArrayObject implements \JsonSerializable
{
    public function jsonSerialize(): object
    {
        return (object) $this->getArrayCopy();
    }

    /**
     * What a decoded JSON object is for PHP code.
     *
     * @param array<array-key, mixed> $members
     * @return array<array-key, mixed>|self
     */
    public static function orArray(array $members): array|self
    {
        return array_is_list($members) ? new self($members) : $members;
    }
}
