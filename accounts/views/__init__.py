"""The screens of this room: what is one's own, and the settings of the office that are kept here."""
