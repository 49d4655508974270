<?php

declare(strict_types=1);

namespace Shop;

use Durable\Exception\NonRetriableError;

final class NoCarrierError extends NonRetriableError
{
}
