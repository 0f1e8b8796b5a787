from marketing.actions.broadcasts import (
    add_file,
    copy_broadcast,
    create_broadcast,
    delete_broadcast,
    remove_file,
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
    set_ad_hoc,
    update_segment,
)
from marketing.actions.settings import set_marketing_settings
from marketing.actions.testing import send_test

__all__ = [
    "add_file",
    "archive_link",
    "copy_broadcast",
    "create_broadcast",
    "create_link",
    "create_segment",
    "delete_broadcast",
    "delete_segment",
    "launch_broadcast",
    "list_from_file",
    "pause_broadcast",
    "remove_file",
    "resume_broadcast",
    "send_test",
    "set_ad_hoc",
    "set_marketing_settings",
    "stop_broadcast",
    "update_broadcast",
    "update_link",
    "update_segment",
]
