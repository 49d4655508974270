<?php

// What a PSR-15 framework does around a handler, with the PSR-7 and PSR-17 of nyholm/psr7.

declare(strict_types=1);

use Durable\Http\Handler;
use Durable\Http\Psr15Handler;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Nyholm\Psr7\Stream;

require 'Nyholm/Psr7/autoload.php';
require __DIR__ . '/vendor/autoload.php';
require __DIR__ . '/psr15.php';

$request = new ServerRequest(
    $_SERVER['REQUEST_METHOD'],
    $_SERVER['REQUEST_URI'],
    getallheaders(),
    Stream::create(fopen('php://input', 'r')),
    serverParams: $_SERVER,
);
// As a middleware that looks at the body would.
$request->getBody()->getContents();

$factory = new Psr17Factory();
$handler = new Psr15Handler(new Handler(app: Fixture\All::APP, functions: Fixture\All::made()), $factory, $factory);
$response = $handler->handle($request);

http_response_code($response->getStatusCode());
foreach ($response->getHeaders() as $name => $values) {
    header("{$name}: " . implode(', ', $values));
}
echo $response->getBody();
