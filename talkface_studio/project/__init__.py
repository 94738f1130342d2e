"""The document of the editor, without a window: what is dubbed with what, every change undoable, safe on disk.

`document` holds the values, `edit` the changes as data, `project` the evented holder of both with undo and redo;
`storage` is what lies on disk, `commands` what the menus and the palette offer, and `export` what the engine is asked
for. Beside them is `queue`, the jobs of the editor and the command line.
"""
