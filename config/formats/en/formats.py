"""English is read on both sides of the ocean: 11/12 is a day in November for some."""

SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
