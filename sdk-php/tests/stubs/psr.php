<?php

// The interfaces that tests use of packages that need not be installed where they run.

declare(strict_types=1);

namespace Psr\Log;

if (!interface_exists(LoggerInterface::class)) {
    interface LoggerInterface
    {
        /** @param array<string, mixed> $context */
        public function emergency(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function alert(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function critical(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function error(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function warning(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function notice(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function info(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function debug(string|\Stringable $message, array $context = []): void;

        /** @param array<string, mixed> $context */
        public function log(mixed $level, string|\Stringable $message, array $context = []): void;
    }
}
