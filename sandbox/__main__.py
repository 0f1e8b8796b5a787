"""`python -m sandbox`: the stand-ins on 127.0.0.1, port SANDBOX_PORT (8001)."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from aiohttp import web

from .server import make_application


def main() -> None:
    """Serve until stopped. State is kept in TANDEM_DATA, where that is set."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    data = os.environ.get("TANDEM_DATA")
    folder = Path(data) / "sandbox" if data else None
    port = int(os.environ.get("SANDBOX_PORT", "8001"))
    web.run_app(
        make_application(folder),
        host="127.0.0.1",
        port=port,
        access_log=None,
        print=lambda _banner: print(f"Sandbox phone: http://localhost:{port}/", flush=True),
        shutdown_timeout=1,
    )


if __name__ == "__main__":
    main()
