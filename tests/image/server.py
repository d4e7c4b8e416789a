# A small web server that breaks off: it serves one file, and of each request at most LIMIT bytes.
# Usage: server.py FILE LIMIT LOG [no-range|stall]. It writes its port as the first line of LOG, then
# the Range header of each request. `no-range` ignores that header; `stall` hangs instead of hanging up.
import http.server
import sys
import time

file, limit, log_name, *mode = sys.argv[1:]
data = open(file, "rb").read()
log = open(log_name, "w", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = self.headers.get("Range", "none")
        log.write(f"range {wanted}\n")
        if self.path == "/missing":
            return self.send_error(404)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/file")
            return self.end_headers()
        start = 0
        if wanted != "none" and "no-range" not in mode:
            start = int(wanted[len("bytes="):].rstrip("-"))
            if start >= len(data):
                return self.send_error(416)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start:start + int(limit)])
        self.wfile.flush()
        if "stall" in mode:
            log.write("stalled\n")
            time.sleep(600)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
log.write(f"{server.server_port}\n")
server.serve_forever()
