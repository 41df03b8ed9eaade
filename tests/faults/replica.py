"""One replica, the bot as it is, with leases as long as the first argument says (seconds)."""

from __future__ import annotations

import sys
from datetime import timedelta

from bot.cli import main
from bot.delivery import sender
from bot.storage import claims

if __name__ == "__main__":
    lease_s = float(sys.argv.pop(1))
    claims.LEASE = timedelta(seconds=lease_s)
    sender._CLAIM_GOOD_FOR_S = lease_s * 2 / 3  # noqa: SLF001 - the same share as of the real lease
    main()
