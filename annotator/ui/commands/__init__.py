"""Every command as data, and what is made of it: menus, toolbars, palette, keys, help."""
