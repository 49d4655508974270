// `node fpm.ts INDEX`: php-fpm behind nginx on PORT, with configurations of their own in the folder, as whoever starts them.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { tempFolder } from "../../support/temp-folder.ts";
import { fpmProgram } from "../installed.ts";
import { spawnChild } from "./children.ts";

const program = fpmProgram();
if (program === null) throw new Error("There is no /usr/sbin/php-fpm*: apt-get install php-fpm");
const WORKERS = 8;
const index = resolve(process.argv[2]!);
// The path of a socket has to be short.
const folder = tempFolder("fpm");
const socket = join(folder, "php.sock");
mkdirSync(join(folder, "nginx"), { recursive: true });

writeFileSync(
  join(folder, "fpm.conf"),
  `[global]
error_log = ${folder}/fpm.log
daemonize = no
[app]
listen = ${socket}
pm = static
pm.max_children = ${WORKERS}
clear_env = no
catch_workers_output = yes
${process.getuid?.() === 0 ? "user = root\ngroup = root" : ""}
php_admin_value[memory_limit] = 128M
php_admin_flag[display_errors] = off
`,
);
writeFileSync(
  join(folder, "nginx.conf"),
  `daemon off;
pid ${folder}/nginx.pid;
error_log stderr warn;
worker_processes 1;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 256; }
http {
  access_log off;
  client_max_body_size 8m;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/nginx/${name};`).join("\n  ")}
  server {
    listen 127.0.0.1:${process.env["PORT"]};
    location / {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME ${index};
      fastcgi_param DOCUMENT_ROOT ${dirname(index)};
      fastcgi_param SCRIPT_NAME /${index.slice(dirname(index).length + 1)};
      fastcgi_read_timeout 300s;
      fastcgi_pass unix:${socket};
    }
  }
}
`,
);

// -R: root may run it as root, which only a test would. -O: what it logs is said too.
spawnChild(program, ["-R", "-O", "-y", join(folder, "fpm.conf")]);
while (!existsSync(socket)) await new Promise((next) => setTimeout(next, 10));
spawnChild("/usr/sbin/nginx", ["-p", folder, "-e", "stderr", "-c", join(folder, "nginx.conf")]);
