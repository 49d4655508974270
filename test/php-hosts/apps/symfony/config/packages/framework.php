<?php

use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;

return static function (ContainerConfigurator $container): void {
    $container->parameters()->set('env(APP_URL)', 'http://localhost');
    $container->extension('framework', [
        'secret' => 'a secret of the fixture',
        'http_method_override' => true,
        'router' => ['utf8' => true, 'default_uri' => '%env(APP_URL)%'],
    ]);
};
