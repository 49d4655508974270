<?php

use Illuminate\Support\Facades\Route;

Route::get('/throttled', [App\Http\Home::class, 'show']);
// Within the group that is throttled, which it is not.
Route::durable('/in-api/durable');
