"""What a patient may type: answers, commands, plans, safety words, nonsense."""

from __future__ import annotations

from bot import parts
from bot.features.more import handlers as more

FEATURES = (*parts.FEATURES, more.build(parts.FEATURES))
"""Every feature that the bot is made of."""

COMMANDS = tuple(sorted({f"/{command}" for feature in FEATURES for command in feature.commands}))

TYPED = (
    "taken",
    "took it at 10",
    "took 3 mg",
    "not taken",
    "not sure",
    "pain 6, slept badly 8, bad headache and dreams",
    "slept well 8",
    "7",
    "11",
    "4,5",
    "500 mcg",
    "45 mg",
    "22:30",
    "00:30",
    "half past ten",
    "Lisbon",
    "Springfield",
    "Tokyo",
    "1 December",
    "tomorrow",
    "from 1 April 3 mg",
    "28",
    "my knees hurt when it rains",
    "I took tramadol last night",
    "my eyes are yellow",
    "I can't breathe",
    "chest pain",
    "I want to die",
    "operation next week",
    "yes",
    "no",
    "stop",
    "<b>hello</b> & goodbye",
    "\N{PILL}",
)
