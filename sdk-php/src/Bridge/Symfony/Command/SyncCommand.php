<?php

declare(strict_types=1);

namespace Durable\Bridge\Symfony\Command;

use Durable\Bridge\Settings;
use Durable\Exception\DurableRequestError;
use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Style\SymfonyStyle;
use Symfony\Component\Routing\Exception\RouteNotFoundException;
use Symfony\Component\Routing\Generator\UrlGeneratorInterface;

#[AsCommand(name: 'durable:sync', description: 'Tell the engine what this app serves; run it after a deploy')]
final class SyncCommand extends Command
{
    public function __construct(private readonly Settings $settings, private readonly UrlGeneratorInterface $urls)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->addOption(
            'url',
            null,
            InputOption::VALUE_REQUIRED,
            'Where the app answers, as the engine reaches it; the route "durable" at framework.router.default_uri unless told',
        );
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $style = new SymfonyStyle($input, $output);
        try {
            $lines = $this->settings->sync()->run($input->getOption('url') ?? $this->ownUrl());
        } catch (DurableRequestError $problem) {
            $style->error($problem->getMessage());
            return self::FAILURE;
        }
        $output->writeln($lines);
        return self::SUCCESS;
    }

    /** Null where the route has another name: then it is where it was at the last sync. */
    private function ownUrl(): ?string
    {
        try {
            return $this->urls->generate('durable', [], UrlGeneratorInterface::ABSOLUTE_URL);
        } catch (RouteNotFoundException) {
            return null;
        }
    }
}
