"""One replica, the bot as it is, with leases as long as the first argument says (seconds).

Where they are short, a leader that has fallen silent loses its place as soon.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from bot.cli import main
from bot.delivery import calling
from bot.storage import claims
from bot.telegram_io import leader

if __name__ == "__main__":
    lease_s = float(sys.argv.pop(1))
    claims.LEASE = timedelta(seconds=lease_s)
    leader.SILENT_FOR_S = min(leader.SILENT_FOR_S, round(lease_s) + 1)
    # The same shares as of the real lease.
    calling._CLAIM_GOOD_FOR_S = lease_s * 2 / 3  # noqa: SLF001
    calling._LEASE_FRESH_FOR_S, calling._CALL_WITHIN_S = lease_s / 6, lease_s * 3 / 4  # noqa: SLF001
    main()
