<?php

// Plain PHP: one file, which every request runs from its first line.

declare(strict_types=1);

require __DIR__ . '/vendor/autoload.php';

Durable\Durable::serve(app: Fixture\All::APP, functions: Fixture\All::made());
