<?php

// Who counts how often the framework is started reads this file.
if (getenv('FIXTURE_BOOTS') !== false) {
    file_put_contents(getenv('FIXTURE_BOOTS'), "boot\n", FILE_APPEND | LOCK_EX);
}

$app = new Illuminate\Foundation\Application(dirname(__DIR__));

// Debian's package of Laravel 13 leaves out the configuration of the framework's own that it would be merged with.
if (method_exists($app, 'dontMergeFrameworkConfiguration')) {
    $app->dontMergeFrameworkConfiguration();
}

$app->singleton(Illuminate\Contracts\Http\Kernel::class, App\Http\Kernel::class);
$app->singleton(Illuminate\Contracts\Console\Kernel::class, App\Console\Kernel::class);
$app->singleton(Illuminate\Contracts\Debug\ExceptionHandler::class, App\Exceptions\Handler::class);

return $app;
