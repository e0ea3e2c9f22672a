"""`vanban report …`: build, pin, approve, verify and send official reports without the dashboard; their table of contents."""

from __future__ import annotations

from cli.options import command_group
from cli.report_archive import report_approve, report_diff, report_get, report_list, report_publish, report_send, report_verify
from cli.report_build import report_build, report_pin, report_text

report_app = command_group("Official reports: built from a snapshot, pinned, approved, verified.")
report_app.command("build", epilog="Example: vanban report build so-ket --from 2024-07-01 --to 2024-07-31 --out reports")(report_build)
report_app.command("text", epilog="Example: vanban report text so-ket --from 2024-07-01 --to 2024-07-31")(report_text)
report_app.command("pin", epilog="Example: vanban report pin so-ket --from 2024-07-01 --to 2024-07-31 --number 12 --by 'Phòng Tổng hợp'")(report_pin)
report_app.command("list", epilog="Example: vanban report list --format json")(report_list)
report_app.command("approve", epilog="Example: vanban report approve 3 --by 'Cục trưởng'")(report_approve)
report_app.command("publish", epilog="Example: vanban report publish 3 --by 'Văn phòng'")(report_publish)
report_app.command("get", epilog="Example: vanban report get 3 --out reports")(report_get)
report_app.command("send", epilog="Example: vanban report send 3 --to vanphong@example.vn")(report_send)
report_app.command("verify", epilog="Example: vanban report verify 3")(report_verify)
report_app.command("diff", epilog="Example: vanban report diff 3")(report_diff)
