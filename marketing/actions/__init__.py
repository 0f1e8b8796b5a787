from marketing.actions.broadcasts import (
    create_broadcast,
    delete_broadcast,
    update_broadcast,
)
from marketing.actions.links import archive_link, create_link, update_link
from marketing.actions.running import (
    launch_broadcast,
    pause_broadcast,
    resume_broadcast,
    stop_broadcast,
)
from marketing.actions.segments import (
    create_segment,
    delete_segment,
    list_from_file,
    update_segment,
)

__all__ = [
    "archive_link",
    "create_broadcast",
    "create_link",
    "create_segment",
    "delete_broadcast",
    "delete_segment",
    "launch_broadcast",
    "list_from_file",
    "pause_broadcast",
    "resume_broadcast",
    "stop_broadcast",
    "update_broadcast",
    "update_link",
    "update_segment",
]
