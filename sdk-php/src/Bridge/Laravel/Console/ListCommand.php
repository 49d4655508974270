<?php

declare(strict_types=1);

namespace Durable\Bridge\Laravel\Console;

use Durable\Bridge\FunctionList;
use Durable\Http\Handler;
use Illuminate\Console\Command;

final class ListCommand extends Command
{
    protected $signature = 'durable:list';
    protected $description = 'List the functions that this app serves';

    public function handle(Handler $handler): int
    {
        $rows = FunctionList::rows($handler);
        if ($rows === []) {
            $this->warn('This app serves no functions: name them in config/durable.php, under "functions".');
            return self::SUCCESS;
        }
        $this->table(FunctionList::HEADS, $rows);
        return self::SUCCESS;
    }
}
