<?php

use Illuminate\Support\Facades\Route;

Route::get('/', [App\Http\Home::class, 'show']);
Route::post('/form', [App\Http\Home::class, 'show']);
// Within the group that has sessions and CSRF, where it stands for neither.
Route::durable('/in-web/durable');
