<?php

declare(strict_types=1);

require __DIR__ . '/../autoload.php';
// As Debian has them, before what stands in their place: two of one interface fit no class. With Composer they are loaded already.
foreach (['Psr/Log/autoload.php', 'Nyholm/Psr7/autoload.php'] as $package) {
    if (stream_resolve_include_path($package) !== false) {
        require_once $package;
    }
}
require __DIR__ . '/stubs/psr.php';
require __DIR__ . '/stubs/psr-http.php';

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Durable\\Tests\\')) {
        require __DIR__ . '/' . strtr(substr($class, 14), '\\', '/') . '.php';
    }
});
