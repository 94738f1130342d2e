"""How everything looks: tokens, the style sheet made of them, and the icons."""
