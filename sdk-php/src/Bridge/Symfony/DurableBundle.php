<?php

declare(strict_types=1);

namespace Durable\Bridge\Symfony;

use Durable\Attribute\AsFunction;
use Symfony\Component\DependencyInjection\ChildDefinition;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\Extension\ExtensionInterface;
use Symfony\Component\HttpKernel\Bundle\Bundle;

/**
 * From Symfony 5.4 on, which has no AbstractBundle yet. Every service with #[AsFunction] is served; a service that is a
 * DurableFunction is when it has the tag.
 */
final class DurableBundle extends Bundle
{
    public const TAG = 'durable.function';

    public function build(ContainerBuilder $container): void
    {
        $container->registerAttributeForAutoconfiguration(AsFunction::class, static function (ChildDefinition $definition): void {
            $definition->addTag(self::TAG);
        });
    }

    public function getContainerExtension(): ExtensionInterface
    {
        return new DurableExtension();
    }
}
