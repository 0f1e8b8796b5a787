"""The web process: pages, API, webhooks and sockets in one event loop."""

import os
import sys
import threading

import django
import uvicorn

from core.postgresql.connections import share_connections

# Where a proxy of ours may stand: this machine and private networks.
PROXIES = "127.0.0.1,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fd00::/8"

SWITCH_INTERVAL = 0.0005  # seconds


def main() -> None:
    """Serve on HOST (this machine only by default) and PORT until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    share_connections()
    # Threads render while the loop sends: neither waits the usual 5 ms for the other.
    sys.setswitchinterval(SWITCH_INTERVAL)
    threading.Thread(target=_warm_up, daemon=True).start()
    uvicorn.run(
        "config.asgi:application",
        host=os.environ.get("HOST") or "127.0.0.1",
        port=int(os.environ.get("PORT") or 8000),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        # Behind a proxy the client's address comes in a header; see TRUSTED_PROXIES.
        proxy_headers=bool(int(os.environ.get("TRUSTED_PROXIES") or 0)),
        forwarded_allow_ips=PROXIES,
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        # Compression would cost 50 KB of memory a socket for frames that are small.
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        backlog=4096,
    )


def _warm_up() -> None:
    from core.warming import compile_templates, read_addresses, settle

    compile_templates()
    read_addresses()
    settle()


if __name__ == "__main__":
    main()
