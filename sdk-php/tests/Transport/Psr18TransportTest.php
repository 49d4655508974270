<?php

declare(strict_types=1);

namespace Durable\Tests\Transport;

use Durable\Transport\Psr18Transport;
use Durable\Transport\TransportFailed;
use PHPUnit\Framework\TestCase;
use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Message\StreamInterface;

/** Any PSR-18 client sends for the SDK. */
final class Psr18TransportTest extends TestCase
{
    /** @param \Closure(): ResponseInterface $answer */
    private function transport(\Closure $answer, array &$seen): Psr18Transport
    {
        $stream = fn (string $content): StreamInterface => $this->stream($content);
        $request = $this->createStub(RequestInterface::class);
        $request->method('withHeader')->willReturnCallback(static function (string $name, $value) use ($request, &$seen) {
            $seen[$name] = $value;
            return $request;
        });
        $request->method('withBody')->willReturnCallback(static function (StreamInterface $body) use ($request, &$seen) {
            $seen['body'] = (string) $body;
            return $request;
        });
        $requests = $this->createStub(RequestFactoryInterface::class);
        $requests->method('createRequest')->willReturnCallback(static function (string $method, $uri) use ($request, &$seen) {
            $seen['asked'] = "{$method} {$uri}";
            return $request;
        });
        $streams = $this->createStub(StreamFactoryInterface::class);
        $streams->method('createStream')->willReturnCallback($stream);
        $client = $this->createStub(ClientInterface::class);
        $client->method('sendRequest')->willReturnCallback($answer);
        return new Psr18Transport($client, $requests, $streams);
    }

    private function stream(string $content): StreamInterface
    {
        $stream = $this->createStub(StreamInterface::class);
        $stream->method('__toString')->willReturn($content);
        return $stream;
    }

    public function testARequestAndItsAnswer(): void
    {
        $response = $this->createStub(ResponseInterface::class);
        $response->method('getStatusCode')->willReturn(409);
        $response->method('getHeaders')->willReturn(['Webhook-Id' => ['a'], 'X-Two' => ['b', 'c']]);
        $response->method('getBody')->willReturn($this->stream('{}'));
        $seen = [];
        $reply = $this->transport(static fn (): ResponseInterface => $response, $seen)
            ->send('POST', 'http://engine/x', ['x-one' => '1'], 'bytes', 1);
        self::assertSame(['asked' => 'POST http://engine/x', 'x-one' => '1', 'body' => 'bytes'], $seen);
        self::assertSame([409, ['webhook-id' => 'a', 'x-two' => 'b, c'], '{}'], [$reply->status, $reply->headers, $reply->body]);
        $seen = [];
        $this->transport(static fn (): ResponseInterface => $response, $seen)->send('GET', 'http://engine/x', [], '', 1);
        self::assertSame(['asked' => 'GET http://engine/x'], $seen);
    }

    public function testNoAnswer(): void
    {
        $seen = [];
        $silent = new class ('no route') extends \Exception implements ClientExceptionInterface {
        };
        $this->expectException(TransportFailed::class);
        $this->expectExceptionMessage('no route');
        $this->transport(static fn (): ResponseInterface => throw $silent, $seen)->send('POST', 'http://engine/x', [], '', 1);
    }
}
