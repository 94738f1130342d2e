"""What the editor can do, as data: menus, shortcuts and the palette are made of it."""
