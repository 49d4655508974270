<?php

// The shop of examples/shop-php, for `php -S`. After so many entries in its ledger the process dies: the deed is done, and nobody was told.

declare(strict_types=1);

use Durable\Durable;
use Shop\Ledger;
use Shop\Shop;

require __DIR__ . '/../../../sdk-php/autoload.php';

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/../../../examples/shop-php/src/' . strtr(substr($class, 5), '\\', '/') . '.php';
    if (str_starts_with($class, 'Shop\\') && is_file($file)) {
        require $file;
    }
});

final class DeadlyLedger extends Ledger
{
    public function enter(string $key, string $deed, string $order): string
    {
        $receipt = parent::enter($key, $deed, $order);
        // Nothing of a process is left from one request to the next but its files.
        $entries = (string) getenv('CHAOS_ENTRIES');
        file_put_contents($entries, '.', FILE_APPEND);
        clearstatcache();
        $dieAfter = getenv('CHAOS_DIE_AFTER');
        if ($dieAfter !== false && filesize($entries) >= (int) $dieAfter) {
            posix_kill((int) getmypid(), SIGKILL);
        }
        return $receipt;
    }
}

$ledger = new DeadlyLedger((string) getenv('SHOP_LEDGER'));
Durable::serve(app: 'shop-php', functions: Shop::functions($ledger, 'shop-typescript'));
