<?php

declare(strict_types=1);

use Durable\Durable;
use Shop\Ledger;
use Shop\Shop;

require __DIR__ . '/vendor/autoload.php';

$ledger = new Ledger(getenv('SHOP_LEDGER') ?: 'ledger.jsonl');
Durable::serve(app: 'shop-php', functions: Shop::functions($ledger, 'shop-typescript'));
