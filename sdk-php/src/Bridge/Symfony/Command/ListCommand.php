<?php

declare(strict_types=1);

namespace Durable\Bridge\Symfony\Command;

use Durable\Bridge\FunctionList;
use Durable\Http\Handler;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Style\SymfonyStyle;

#[AsCommand(name: 'durable:list', description: 'List the functions that this app serves')]
final class ListCommand extends Command
{
    public function __construct(private readonly Handler $handler)
    {
        parent::__construct();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $style = new SymfonyStyle($input, $output);
        $rows = FunctionList::rows($this->handler);
        if ($rows === []) {
            $style->warning('This app serves no functions: give a service the attribute #[AsFunction], with autoconfigure on.');
            return self::SUCCESS;
        }
        $style->table(FunctionList::HEADS, $rows);
        return self::SUCCESS;
    }
}
