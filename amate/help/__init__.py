"""Who asks the shop for help, and how it was helped."""
