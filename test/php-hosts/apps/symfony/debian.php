<?php

// Debian's packages of the framework, in the place of vendor/symfony.

require_once 'Symfony/Bundle/FrameworkBundle/autoload.php';
require_once 'Symfony/Component/Console/autoload.php';
