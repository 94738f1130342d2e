"""The plugin's side of a worker. Everything here runs in the interpreter, and with the packages, of the plugin."""
