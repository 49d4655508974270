<?php

declare(strict_types=1);

namespace Shop;

/**
 * The world outside: a bank, a carrier, a printer. Whoever is out there takes what comes under one key as one deed, and gives
 * the same receipt each time; here that is a file with a line for each time that somebody asked.
 */
class Ledger
{
    public function __construct(private readonly string $file)
    {
    }

    /** @return string The receipt of this deed. */
    public function enter(string $key, string $deed, string $order): string
    {
        $line = json_encode(['deed' => $deed, 'order' => $order, 'key' => $key], JSON_THROW_ON_ERROR) . "\n";
        file_put_contents($this->file, $line, FILE_APPEND);
        return substr(hash('sha256', $key), 0, 8);
    }
}
