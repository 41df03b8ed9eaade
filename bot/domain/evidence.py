"""What the bot may cite about LDN for fibromyalgia, with its limits. REVIEW: sign off before a launch."""

from __future__ import annotations

from bot.locale import N_

OFF_LABEL = N_(
    "LDN for fibromyalgia is off-label: small early trials were encouraging, two larger ones found no "
    "significant benefit over placebo."
)
TRIALS = (
    N_("Younger & Mackey 2009: 10 people, single-blind, 4.5 mg, handheld diary."),
    N_("Younger 2013: 31 people, crossover. Pain −28.8 % with LDN, −18.0 % with placebo (p = 0.016)."),
    N_("FINAL 2024: 99 people, 6 mg, 12 weeks. Pain −1.3 points with LDN, −0.9 with placebo (p = 0.27)."),
    N_(
        "INNOVA: 98 people, 4.5 mg. Pain −0.33 points with LDN, −0.64 with placebo at 3 months (p = 0.236); "
        "seen as an abstract only."
    ),
)
SIDE_EFFECTS = N_("Vivid dreams are the one side effect that several trials agree on.")
LIMITS = N_(
    "Fibromyalgia varies, people often start a treatment at a bad time, and people on placebo improve too."
)
