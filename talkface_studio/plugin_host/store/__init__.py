"""The plugins that the user installed: where they lie, and which version of each is the current one."""
