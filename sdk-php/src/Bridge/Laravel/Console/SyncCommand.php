<?php

declare(strict_types=1);

namespace Durable\Bridge\Laravel\Console;

use Durable\Bridge\Settings;
use Durable\Exception\DurableRequestError;
use Illuminate\Console\Command;
use Illuminate\Contracts\Routing\UrlGenerator;

final class SyncCommand extends Command
{
    protected $signature = 'durable:sync {--url= : Where the app answers, as the engine reaches it; APP_URL and the path unless told}';
    protected $description = 'Tell the engine what this app serves; run it after a deploy';

    public function handle(Settings $settings, UrlGenerator $urls): int
    {
        $path = config('durable.path');
        $url = $this->option('url') ?? (is_string($path) && $path !== '' ? $urls->to($path) : null);
        try {
            $lines = $settings->sync()->run($url);
        } catch (DurableRequestError $problem) {
            $this->error($problem->getMessage());
            return self::FAILURE;
        }
        foreach ($lines as $line) {
            $this->line($line);
        }
        return self::SUCCESS;
    }
}
