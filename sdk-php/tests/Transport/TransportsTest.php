<?php

declare(strict_types=1);

namespace Durable\Tests\Transport;

use Durable\Transport\CurlTransport;
use Durable\Transport\StreamTransport;
use Durable\Transport\Transport;
use Durable\Transport\TransportFailed;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\TestCase;

/**
 * What sends requests, against a server that says what it got.
 *
 * @group processes
 */
#[Group('processes')]
final class TransportsTest extends TestCase
{
    /** @var resource|null */
    private static $server = null;
    private static int $port = 0;

    public static function setUpBeforeClass(): void
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        self::assertIsResource($socket);
        self::$port = (int) substr((string) strrchr((string) stream_socket_get_name($socket, false), ':'), 1);
        fclose($socket);
        $command = [PHP_BINARY, '-S', '127.0.0.1:' . self::$port, __DIR__ . '/../stubs/echo.php'];
        $server = proc_open($command, [['pipe', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
        self::assertIsResource($server);
        self::$server = $server;
        for ($try = 0; $try < 1_000 && @fsockopen('127.0.0.1', self::$port) === false; $try += 1) {
            usleep(10_000);
        }
    }

    public static function tearDownAfterClass(): void
    {
        if (self::$server !== null) {
            proc_terminate(self::$server, 9);
            proc_close(self::$server);
        }
    }

    /** @return array<string, array{Transport}> */
    public static function transports(): array
    {
        return ['curl' => [new CurlTransport()], 'streams' => [new StreamTransport()]];
    }

    /** @dataProvider transports */
    #[DataProvider('transports')]
    public function testARequestArrivesAsItIs(Transport $transport): void
    {
        $url = 'http://127.0.0.1:' . self::$port;
        foreach (['POST' => "bytes \u{e9} \0", 'GET' => ''] as $method => $body) {
            $reply = $transport->send($method, "{$url}/a?b=c", ['x-one' => 'two', 'content-type' => 'application/json'], $body, 10);
            self::assertSame([200, 'three'], [$reply->status, $reply->headers['x-answer']]);
            $seen = json_decode($reply->body, true);
            self::assertSame([$method, '/a?b=c', 'two', bin2hex($body)], [$seen['method'], $seen['path'], $seen['x-one'], $seen['body']]);
        }
    }

    /** @dataProvider transports */
    #[DataProvider('transports')]
    public function testNoRedirectIsFollowedAndARefusalIsAnAnswer(Transport $transport): void
    {
        $url = 'http://127.0.0.1:' . self::$port;
        $reply = $transport->send('POST', "{$url}/redirect", [], 'x', 10);
        self::assertSame([307, '/elsewhere'], [$reply->status, $reply->headers['location']]);
        self::assertSame(503, $transport->send('POST', "{$url}/busy", [], 'x', 10)->status);
    }

    /** @dataProvider transports */
    #[DataProvider('transports')]
    public function testNobodyThereAndNoAnswerInTimeAreFailures(Transport $transport): void
    {
        $server = 'http://127.0.0.1:' . self::$port;
        $times = ['http://127.0.0.1:1' => 5.0, "{$server}/slow" => 0.1, "{$server}/drip" => 0.3, "{$server}/cut" => 5.0];
        foreach ($times as $url => $timeoutS) {
            try {
                $transport->send('POST', $url, [], 'x', $timeoutS);
                self::fail("{$url} answers.");
            } catch (TransportFailed $failed) {
                self::assertNotSame('', $failed->getMessage());
            }
        }
    }
}
