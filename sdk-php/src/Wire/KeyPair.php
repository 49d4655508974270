<?php

declare(strict_types=1);

namespace Durable\Wire;

/** The two keys of one secret. */
final class KeyPair
{
    /** What this side signs with. */
    public readonly SigningKey $reply;

    /** @param SigningKey $request What the engine signs with. */
    public function __construct(public readonly SigningKey $request)
    {
        $this->reply = $request->forReplies();
    }
}
