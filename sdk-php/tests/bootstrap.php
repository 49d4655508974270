<?php

declare(strict_types=1);

require __DIR__ . '/../autoload.php';
require __DIR__ . '/stubs/psr.php';
require __DIR__ . '/stubs/psr-http.php';

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Durable\\Tests\\')) {
        require __DIR__ . '/' . strtr(substr($class, 14), '\\', '/') . '.php';
    }
});
