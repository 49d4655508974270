<?php

// Says what it got.

declare(strict_types=1);

$path = $_SERVER['REQUEST_URI'];
header('x-answer: three');
if ($path === '/redirect') {
    header('location: /elsewhere', true, 307);
    return;
}
if ($path === '/busy') {
    http_response_code(503);
}
if ($path === '/drip') {
    for ($i = 0; $i < 40; $i += 1) {
        echo '.';
        flush();
        usleep(50_000);
    }
    return;
}
if ($path === '/cut') {
    header('content-length: 1000');
    echo '{"half":';
    return;
}
if ($path === '/slow') {
    usleep(500_000);
}
echo json_encode([
    'method' => $_SERVER['REQUEST_METHOD'],
    'path' => $path,
    'x-one' => $_SERVER['HTTP_X_ONE'] ?? null,
    'body' => bin2hex((string) file_get_contents('php://input')),
]);
