"""The screen "More": whatever isn't in the command menu, one tap from /today and /settings.

How a feature gets in: it registers one line in its own FEATURE, and nothing else.

    FEATURE = Feature(
        ...,
        presses={"supply.open": on_open},
        entries=(Entry(N_("📦 Supply"), "supply.open", Section.TREATMENT, command="supply"),),
    )

The screen that "supply.open" shows has `Button(_("‹ Back"), press_data("more.open"))` as its last row.
"""
