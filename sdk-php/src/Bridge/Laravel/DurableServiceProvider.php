<?php

declare(strict_types=1);

namespace Durable\Bridge\Laravel;

use Durable\Bridge\Laravel\Console\InstallCommand;
use Durable\Bridge\Laravel\Console\ListCommand;
use Durable\Bridge\Laravel\Console\SyncCommand;
use Durable\Bridge\Settings;
use Durable\Client;
use Durable\Exception\InvalidDefinition;
use Durable\Http\Handler;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Contracts\Foundation\CachesRoutes;
use Illuminate\Support\Facades\Route;
use Illuminate\Support\ServiceProvider;

/** Found by Laravel itself, through `extra` of composer.json. From Laravel 8.83 on. */
final class DurableServiceProvider extends ServiceProvider
{
    private const CONFIG = __DIR__ . '/../../../config/durable.php';

    public function register(): void
    {
        $this->mergeConfigFrom(self::CONFIG, 'durable');
        $this->app->bind(Settings::class, static fn (Application $app): Settings => Settings::of(
            (array) $app->make('config')->get('durable'),
            (bool) $app->environment('production'),
        ));
        // One per request, also where the application outlives it (Octane): functions may hold what belongs to a request.
        $this->app->scoped(Handler::class, static fn (Application $app): Handler => $app->make(Settings::class)->handler(
            self::functions($app),
            $app->make('log'),
        ));
        $this->app->singleton(Client::class, static fn (Application $app): Client => $app->make(Settings::class)->client());
    }

    public function boot(): void
    {
        // Not static: Laravel binds it to its router.
        Route::macro('durable', fn (string $path = '/api/durable') => Route::any($path, DurableController::class)
            // It has a signature of its own; a session, CSRF and a throttle would only stand in the engine's way.
            ->withoutMiddleware(['web', 'api']));

        $path = $this->app->make('config')->get('durable.path');
        $isCached = $this->app instanceof CachesRoutes && $this->app->routesAreCached();
        if (is_string($path) && $path !== '' && !$isCached) {
            Route::durable($path);
        }
        if ($this->app->runningInConsole()) {
            $this->publishes([self::CONFIG => $this->app->configPath('durable.php')], 'durable-config');
            $this->commands([InstallCommand::class, ListCommand::class, SyncCommand::class]);
        }
    }

    /** @return iterable<object> */
    private static function functions(Application $app): iterable
    {
        foreach ((array) $app->make('config')->get('durable.functions') as $name) {
            if (!is_string($name)) {
                throw new InvalidDefinition(
                    'config/durable.php has something in "functions" that is no name of a class or of a binding. Objects cannot be '
                    . 'kept by config:cache: bind the function in a service provider, and write the name there.',
                );
            }
            yield $app->make($name);
        }
    }
}
