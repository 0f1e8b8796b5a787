"""The call itself, outside of any transaction."""

import asyncio
import logging
from typing import Final

from django.utils.translation import gettext_noop

from channels_connectors.errors import ConnectorError
from channels_connectors.types import SendReceipt
from inbox.delivery.changes import ChangeClaim
from inbox.delivery.claims import Claim

logger = logging.getLogger(__name__)

NO_ANSWER: Final = gettext_noop(
    "The platform did not answer in time. The message may have been delivered."
)
FAULT: Final = gettext_noop(
    "Sending broke off by a fault of ours. The message may have been delivered."
)
CHANGE_UNANSWERED: Final = gettext_noop("The platform did not answer in time.")
CHANGE_FAULT: Final = gettext_noop("The change broke off by a fault of ours.")


def send(claim: Claim) -> SendReceipt | ConnectorError:
    """Send, and say what came of it. Never raises."""
    try:
        return asyncio.run(_bounded(claim))
    except ConnectorError as error:
        return error
    except TimeoutError:
        return ConnectorError("transient", NO_ANSWER, maybe_sent=True)
    except Exception as error:
        logger.exception("The connector %r broke its contract.", claim.connector)
        return ConnectorError("transient", FAULT, maybe_sent=True, detail=type(error).__name__)


async def _bounded(claim: Claim) -> SendReceipt:
    async with asyncio.timeout(claim.seconds):
        return await claim.connector.send(claim.outbound)


def carry_out(claim: ChangeClaim) -> ConnectorError | None:
    """Make a change on the platform, and say what went wrong. Never raises.

    Whether the platform heard of it may stay open: it is told again, which does no harm.
    """
    try:
        asyncio.run(asyncio.wait_for(claim.call(), claim.seconds))
    except ConnectorError as error:
        return error
    except TimeoutError:
        return ConnectorError("transient", CHANGE_UNANSWERED)
    except Exception as error:
        logger.exception("The connector %r broke its contract.", claim.connector)
        return ConnectorError("transient", CHANGE_FAULT, detail=type(error).__name__)
    return None
