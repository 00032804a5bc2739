"""Steps done to many media: what is asked for, who does it, and the process that does it to one."""
