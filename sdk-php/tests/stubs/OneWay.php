<?php

declare(strict_types=1);

namespace Durable\Tests\stubs;

use Psr\Http\Message\StreamInterface;

/** What comes over a line: no way back, and seldom all at once. */
final class OneWay implements StreamInterface
{
    private int $at = 0;

    public function __construct(private readonly string $bytes)
    {
    }

    public function __toString(): string
    {
        throw new \LogicException('That would read all of it.');
    }

    public function close(): void
    {
    }

    public function detach()
    {
        return null;
    }

    public function getSize(): ?int
    {
        return null;
    }

    public function tell(): int
    {
        return $this->at;
    }

    public function eof(): bool
    {
        return $this->at >= strlen($this->bytes);
    }

    public function isSeekable(): bool
    {
        return false;
    }

    public function seek($offset, $whence = SEEK_SET): void
    {
        throw new \RuntimeException('There is no way back.');
    }

    public function rewind(): void
    {
        throw new \RuntimeException('There is no way back.');
    }

    public function isWritable(): bool
    {
        return false;
    }

    public function write($string): int
    {
        throw new \RuntimeException('It is read only.');
    }

    public function isReadable(): bool
    {
        return true;
    }

    public function read($length): string
    {
        $piece = substr($this->bytes, $this->at, min($length, 1_400));
        $this->at += strlen($piece);
        return $piece;
    }

    public function getContents(): string
    {
        throw new \LogicException('That would read all of it.');
    }

    public function getMetadata($key = null)
    {
        return null;
    }
}
