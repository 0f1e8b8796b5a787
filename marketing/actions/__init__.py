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
from marketing.actions.series import (
    create_series,
    delete_series,
    let_in,
    pause_series,
    start_series,
    stop_series,
    take_out,
    update_series,
)
from marketing.actions.series_steps import (
    add_step,
    move_step,
    remove_step,
    set_steps,
    update_step,
)
from marketing.actions.settings import set_marketing_settings
from marketing.actions.testing import send_test

__all__ = [
    "add_file",
    "add_step",
    "archive_link",
    "copy_broadcast",
    "create_broadcast",
    "create_link",
    "create_segment",
    "create_series",
    "delete_broadcast",
    "delete_segment",
    "delete_series",
    "launch_broadcast",
    "let_in",
    "list_from_file",
    "move_step",
    "pause_broadcast",
    "pause_series",
    "remove_file",
    "remove_step",
    "resume_broadcast",
    "send_test",
    "set_ad_hoc",
    "set_marketing_settings",
    "set_steps",
    "start_series",
    "stop_broadcast",
    "stop_series",
    "take_out",
    "update_broadcast",
    "update_link",
    "update_segment",
    "update_series",
    "update_step",
]
