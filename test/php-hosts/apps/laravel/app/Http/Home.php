<?php

namespace App\Http;

class Home
{
    public function show(): string
    {
        return 'home';
    }
}
