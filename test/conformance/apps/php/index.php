<?php

// The fixture of protocol/conformance/PROGRAM.md, with the SDK for PHP: php -S 127.0.0.1:$PORT index.php

declare(strict_types=1);

use Durable\Durable;
use Durable\DurableFunction;
use Durable\Step;

require __DIR__ . '/../../../../sdk-php/autoload.php';
require __DIR__ . '/program.php';

Durable::serve(app: 'conformance', functions: [
    new DurableFunction(
        id: 'conformance',
        trigger: ['event' => 'conformance.run'],
        handler: static fn (array $event, Step $step): mixed => Program::run($step, $event['data']),
    ),
]);
