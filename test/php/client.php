<?php

// What a program of PHP asks an engine, whose functions are those of another language.

declare(strict_types=1);

use Durable\Client;
use Durable\Exception\DurableRequestError;
use Durable\Exception\FunctionError;
use Durable\Transport\CurlTransport;
use Durable\Transport\StreamTransport;

require __DIR__ . '/../../sdk-php/autoload.php';

$transport = $argv[1] === 'curl' ? new CurlTransport() : new StreamTransport();
$client = new Client(app: 'asked', transport: $transport);
$seen = [];

$placed = ['name' => 'order.placed', 'data' => ['n' => 1, 'none' => new stdClass()]];
$sent = $client->sendMany([$placed, ['name' => 'nobody.listens']]);
$seen['sent'] = [count($sent['ids']), $sent['runs'][0]['function']];
$seen['again'] = $client->send($placed + ['id' => $sent['ids'][0]])['ids'] === [$sent['ids'][0]];
$seen['output'] = $client->execute('double', ['n' => 21], timeout: '30s');
$seen['called'] = $client->call('double', ['n' => 4]);
try {
    $client->execute('fails');
} catch (FunctionError $error) {
    $seen['failed'] = [$error->status, $error->errorCode(), $error->getPrevious()?->getMessage()];
}
try {
    $client->start('nowhere');
} catch (DurableRequestError $error) {
    $seen['refused'] = [$error->status, $error->problem];
}

$start = ['fn' => 'waits', 'data' => ['key' => "ring/{$argv[1]}"], 'id' => "start-{$argv[1]}", 'tags' => ['from-php']];
$run = $client->start(...$start)['run'];
$seen['same'] = $client->start(...$start)['run'] === $run;
// It may not have begun: what is asked then is answered when it has.
for ($try = 0; $try < 200 && ($asked ?? null) !== 'waiting'; $try += 1) {
    try {
        $asked = $client->query($run, 'at', ['unit' => 'word']);
    } catch (DurableRequestError) {
        usleep(20_000);
    }
}
$seen['query'] = $asked;
$client->signal("ring/{$argv[1]}", ['tone' => 'ding']);
$seen['signalled'] = $client->execute(...$start);
$seen['got'] = $client->runs->get($run)['status'];
$seen['listed'] = array_column($client->runs->list(q: 'tag:from-php', function: 'waits')['runs'], 'id') === [$run];
$other = $client->start('waits', ['key' => 'nobody']);
$seen['cancelled'] = $client->cancel($other['run'], 'enough')['status'];
$token = $client->runToken($run, ['status', 'output']);
$seen['token'] = json_decode((string) file_get_contents($token['url'], false, stream_context_create(['http' => [
    'header' => "authorization: Bearer {$token['token']}",
    'ignore_errors' => true,
]])), true)['status'] ?? null;

echo json_encode($seen);
