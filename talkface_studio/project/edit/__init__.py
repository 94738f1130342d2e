"""Changes to a document as values: a title for the menu, and a function from document to document.

`Project.do` carries one out; each module makes those of one subject.
"""
