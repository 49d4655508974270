<?php

use Durable\Bridge\Symfony\DurableBundle;
use Durable\DurableFunction;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;

return static function (ContainerConfigurator $container): void {
    $container->parameters()->set('env(APP_URL)', 'http://localhost');
    $container->extension('framework', [
        'secret' => 'a secret of the fixture',
        'http_method_override' => true,
        'router' => ['utf8' => true, 'default_uri' => '%env(APP_URL)%'],
    ]);
    $container->extension('durable', ['app' => Fixture\All::APP]);

    $services = $container->services();
    $services->defaults()->autowire()->autoconfigure();
    // Classes with #[AsFunction] are found among the services, like commands and listeners.
    $services->load('Fixture\\', '../functions/')->exclude('../functions/{All,program}.php');

    // A function that is no class.
    $services->set('made_by_hand', DurableFunction::class)
        ->factory([App\MadeByHand::class, 'make'])
        ->autowire(false)
        ->tag(DurableBundle::TAG);
};
