"""The papers people hold: invoice and sales note, set by Typst from plain values. No Django, no network, no clock."""
