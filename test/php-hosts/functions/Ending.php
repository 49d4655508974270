<?php

declare(strict_types=1);

namespace Fixture;

use Durable\Attribute\AsFunction;
use Durable\Step;

/** A step that ends PHP the first time, in the way that is asked for. */
#[AsFunction(id: 'ending', trigger: ['event' => 'ending.asked'], retry: ['max' => 2, 'backoff' => 'constant', 'base' => 1])]
final class Ending
{
    public function __invoke(array $event, Step $step): string
    {
        echo 'what is printed is no part of an answer';
        try {
            return $step->run('end', static function () use ($event): string {
                echo 'nor is this';
                match ($event['data']['how']) {
                    'exit' => exit('bye'),
                    'fatal' => self::declareTwice(),
                    'memory' => str_repeat('x', PHP_INT_MAX >> 8),
                };
            });
        } catch (\Durable\Exception\StepError $error) {
            return $error->getMessage();
        }
    }

    private static function declareTwice(): never
    {
        eval('namespace Fixture; final class Twice {} final class Twice {}');
        throw new \LogicException('That was allowed.');
    }
}
