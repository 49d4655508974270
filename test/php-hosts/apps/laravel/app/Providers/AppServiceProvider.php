<?php

namespace App\Providers;

use Durable\DurableFunction;
use Illuminate\Support\ServiceProvider;

class AppServiceProvider extends ServiceProvider
{
    public function register()
    {
        // A function that is no class.
        $this->app->bind('durable.made-by-hand', fn () => new DurableFunction(id: 'made-by-hand', handler: fn () => 'by hand'));
    }
}
