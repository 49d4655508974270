<?php

declare(strict_types=1);

namespace Durable\Bridge\Symfony;

use Durable\Bridge\Settings;
use Durable\Bridge\Symfony\Command\ListCommand;
use Durable\Bridge\Symfony\Command\SyncCommand;
use Durable\Client;
use Durable\Http\Handler;
use Symfony\Component\DependencyInjection\Argument\TaggedIteratorArgument;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\ContainerInterface;
use Symfony\Component\DependencyInjection\Extension\Extension;
use Symfony\Component\DependencyInjection\Reference;

/** The services of the bundle. */
final class DurableExtension extends Extension
{
    /** @param array<array-key, mixed> $configs */
    public function load(array $configs, ContainerBuilder $container): void
    {
        $config = $this->processConfiguration(new Configuration(), $configs);
        $container->register(Settings::class)
            ->setFactory([Settings::class, 'of'])
            ->setArguments([$config, $container->getParameter('kernel.environment') === 'prod']);
        $container->register(Handler::class)
            ->setFactory([new Reference(Settings::class), 'handler'])
            ->setArguments([
                new TaggedIteratorArgument(DurableBundle::TAG),
                new Reference('logger', ContainerInterface::NULL_ON_INVALID_REFERENCE),
            ]);
        $container->register(Client::class)->setFactory([new Reference(Settings::class), 'client']);
        $container->register(DurableController::class)
            ->setArguments([new Reference(Handler::class), new Reference('event_dispatcher')])
            ->setPublic(true)
            ->addTag('controller.service_arguments');
        $container->register(ListCommand::class)
            ->setArguments([new Reference(Handler::class)])
            ->addTag('console.command');
        $container->register(SyncCommand::class)
            ->setArguments([new Reference(Settings::class), new Reference('router')])
            ->addTag('console.command');
    }

    public function getAlias(): string
    {
        return 'durable';
    }
}
