<?php

use Durable\Bridge\Symfony\DurableBundle;
use Durable\DurableFunction;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;

return static function (ContainerConfigurator $container): void {
    $services = $container->services();
    $services->defaults()->autowire()->autoconfigure();
    // Classes with #[AsFunction] are found among the services, like commands and listeners.
    $services->load('App\\', '../src/')->exclude('../src/{Kernel,MadeByHand}.php');
    $services->load('Fixture\\', '../functions/')->exclude('../functions/{All,program}.php');

    // A function that is no class.
    $services->set('made_by_hand', DurableFunction::class)
        ->factory([App\MadeByHand::class, 'make'])
        ->autowire(false)
        ->tag(DurableBundle::TAG);
};
