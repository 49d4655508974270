<?php

declare(strict_types=1);

namespace Durable\Bridge\Symfony;

use Symfony\Component\Config\Definition\Builder\TreeBuilder;
use Symfony\Component\Config\Definition\ConfigurationInterface;

/** What may stand below `durable:`. All but the app's name comes from the environment unless told. */
final class Configuration implements ConfigurationInterface
{
    public function getConfigTreeBuilder(): TreeBuilder
    {
        $tree = new TreeBuilder('durable');
        $children = $tree->getRootNode()->children();
        $children->scalarNode('app')
            ->info('The app\'s name at the engine: 1 to 100 of A-Z a-z 0-9 _ . -')
            ->defaultValue('%env(default::DURABLE_APP)%');
        $children->scalarNode('url')
            ->info('Where the engine is.')
            ->defaultValue('%env(default::DURABLE_URL)%');
        $children->scalarNode('secret')
            ->info('What app and engine sign with; several separated by spaces while they rotate.')
            ->defaultValue('%env(default::DURABLE_SECRET)%');
        $children->scalarNode('env')
            ->info('The app\'s environment at the engine; dev unless told.')
            ->defaultValue('%env(default::DURABLE_ENV)%');
        $children->scalarNode('deployment')
            ->info('What this deployment of the app is called.')
            ->defaultValue('%env(default::DURABLE_DEPLOYMENT)%');
        $children->scalarNode('max_duration')
            ->info('How long one request may take here, such as "30s"; PHP\'s own limit unless told.')
            ->defaultNull();
        $children->scalarNode('event_key')
            ->info('A key that can only send events.')
            ->defaultValue('%env(default::DURABLE_EVENT_KEY)%');
        $children->scalarNode('api_key')
            ->info('A key that reads and cancels runs; durable:sync uses it too.')
            ->defaultValue('%env(default::DURABLE_API_KEY)%');
        return $tree;
    }
}
