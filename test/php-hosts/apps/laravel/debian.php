<?php

// Debian's package of the framework, in the place of vendor/laravel/framework.

require_once 'Illuminate/autoload.php';
