<?php

declare(strict_types=1);

namespace Durable;

/** Of this SDK. */
final class Version
{
    public const SDK = '0.1.0';
    public const PROTOCOL = 1;
}
