<?php

return [
    'app' => Fixture\All::APP,
    'functions' => array_merge(Fixture\All::CLASSES, ['durable.made-by-hand']),
    'path' => env('DURABLE_PATH', '/api/durable'),
    'url' => env('DURABLE_URL'),
    'secret' => env('DURABLE_SECRET'),
    'env' => 'dev',
    'deployment' => env('DURABLE_DEPLOYMENT'),
];
