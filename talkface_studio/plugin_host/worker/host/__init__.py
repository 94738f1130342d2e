"""Our side of a worker: starts and watches the process, answers what the plugin asks, checks what it gives."""
