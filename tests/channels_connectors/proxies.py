"""A proxy for SOCKS5 and HTTP CONNECT, with a log-in. It remembers where it was asked to go."""

import base64
import contextlib
import socket
import threading
from collections.abc import Iterator

USER, PASSWORD = "tandem", "s3cret"


class Proxy:
    """Both protocols on one port: a SOCKS client begins with a 5, an HTTP one with a letter."""

    def __init__(self) -> None:
        self.destinations: list[str] = []
        self.refusals = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def address(self, scheme: str, password: str = PASSWORD) -> str:
        """The proxy's URL as an admin types it."""
        return f"{scheme}://{USER}:{password}@127.0.0.1:{self.port}"

    def close(self) -> None:
        """Take nobody any more."""
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            first = client.recv(1, socket.MSG_PEEK)
            target = self._socks(client) if first == b"\x05" else self._connect(client)
            if target is None:
                self.refusals += 1
                return
            self.destinations.append(f"{target[0]}:{target[1]}")
            with socket.create_connection(target) as server:
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join()

    def _socks(self, client: socket.socket) -> tuple[str, int] | None:
        client.recv(2 + client.recv(2, socket.MSG_PEEK)[1])
        client.sendall(b"\x05\x02")
        _version, length = client.recv(2)
        user = client.recv(length)
        password = client.recv(client.recv(1)[0])
        if (user, password) != (USER.encode(), PASSWORD.encode()):
            client.sendall(b"\x01\x01")
            return None
        client.sendall(b"\x01\x00")
        _version, _command, _reserved, kind = client.recv(4)
        if kind == 1:
            host = socket.inet_ntoa(client.recv(4))
        else:
            host = client.recv(client.recv(1)[0]).decode()
        port = int.from_bytes(client.recv(2), "big")
        client.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        return host, port

    def _connect(self, client: socket.socket) -> tuple[str, int] | None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode())
        if b"Basic " + wanted not in head:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return None
        host, _colon, port = head.split()[1].decode().rpartition(":")
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return host, int(port)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def running_proxy() -> Iterator[Proxy]:
    """A proxy for as long as the block lasts."""
    proxy = Proxy()
    try:
        yield proxy
    finally:
        proxy.close()
