"""Small widgets that all places are made of."""
