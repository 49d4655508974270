<?php

// Of Laravel apps: php artisan vendor:publish --tag=durable-config

use Illuminate\Support\Str;

return [

    // The app's name at the engine: 1 to 100 of A-Z a-z 0-9 _ . -
    'app' => env('DURABLE_APP', Str::slug((string) env('APP_NAME', 'laravel'))),

    // All functions that the engine may call here, by what the container makes of these names: classes with #[AsFunction], or
    // whatever you have bound to a DurableFunction.
    'functions' => [
        // App\Durable\Greeting::class,
    ],

    // Where the engine calls: every method, outside of the "web" group. Null when you write Route::durable(..) yourself.
    'path' => env('DURABLE_PATH', '/api/durable'),

    // Where the engine is, and the secret that both sides have. In development both may be missing.
    'url' => env('DURABLE_URL'),
    'secret' => env('DURABLE_SECRET'),

    // The app's environment at the engine, and what this deployment of it is called.
    'env' => env('DURABLE_ENV', 'dev'),
    'deployment' => env('DURABLE_DEPLOYMENT'),

    // How long one request may take here: "30s", or PHP's own limit when it is null.
    'max_duration' => env('DURABLE_MAX_DURATION'),

    // For the facade: a key that can only send events, and one that reads and cancels runs (which durable:sync uses too).
    'event_key' => env('DURABLE_EVENT_KEY'),
    'api_key' => env('DURABLE_API_KEY'),

];
