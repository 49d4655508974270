<?php

declare(strict_types=1);

namespace Durable\Bridge\Laravel\Console;

use Illuminate\Console\Command;
use Illuminate\Filesystem\Filesystem;

/** Writes what a new app needs and nothing that is there already. */
final class InstallCommand extends Command
{
    private const COMMENTED = '// App\Durable\Greeting::class,';

    protected $signature = 'durable:install';
    protected $description = 'Write config/durable.php and a first function';

    public function handle(Filesystem $files): int
    {
        $config = $this->laravel->configPath('durable.php');
        $greeting = $this->laravel->path('Durable/Greeting.php');
        $isNew = !$files->exists($greeting);
        if ($isNew) {
            $files->ensureDirectoryExists(dirname($greeting));
            $files->copy(__DIR__ . '/../stubs/Greeting.php.stub', $greeting);
        }
        $this->say($greeting, $isNew);
        $isConfigNew = !$files->exists($config);
        if ($isConfigNew) {
            $text = $files->get(__DIR__ . '/../../../../config/durable.php');
            $files->put($config, str_replace(self::COMMENTED, ltrim(self::COMMENTED, '/ '), $text));
        }
        $this->say($config, $isConfigNew);
        $this->line('');
        $this->line('Next, with the engine and the app running:');
        $this->line('  npx @durable/engine dev');
        $this->line('  php artisan serve');
        $this->line('  php artisan durable:sync --url=http://127.0.0.1:8000' . config('durable.path'));
        return self::SUCCESS;
    }

    private function say(string $path, bool $isNew): void
    {
        $shown = ltrim(substr($path, strlen($this->laravel->basePath())), '/\\');
        $this->line($isNew ? "Wrote {$shown}" : "{$shown} is there already");
    }
}
