<?php

declare(strict_types=1);

namespace Shop;

final class Shop
{
    /**
     * The functions of this app. `$partner` is the app of the other shop.
     *
     * @return list<object>
     */
    public static function functions(Ledger $ledger, string $partner): array
    {
        return [new Checkout($ledger, $partner), new Ship($ledger, $partner), new Label($ledger), new Mail($ledger)];
    }
}
