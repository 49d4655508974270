"""Serves an app of durable.py, one thread per request. Any other WSGI server does as well."""
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads, request_queue_size = True, 128


class Handler(WSGIRequestHandler):
    # Head and body of an answer are written one after the other: 40 ms each time else.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass


def serve(app, port, host="127.0.0.1"):
    """Says where it listens, and does so until the process ends."""
    server = make_server(host, port, app, Server, Handler)
    print(f"http://{host}:{server.server_port}/api/durable", flush=True)
    server.serve_forever()
