<?php

declare(strict_types=1);

use Durable\Bridge\Symfony\DurableController;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

// Every method: the app answers all but POST with 405 itself.
return static function (RoutingConfigurator $routes): void {
    $routes->add('durable', '/api/durable')->controller(DurableController::class);
};
