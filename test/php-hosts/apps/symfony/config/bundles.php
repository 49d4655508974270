<?php

return [
    Symfony\Bundle\FrameworkBundle\FrameworkBundle::class => ['all' => true],
    Durable\Bridge\Symfony\DurableBundle::class => ['all' => true],
];
