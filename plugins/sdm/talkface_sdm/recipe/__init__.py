"""How the model is trained; needs the training toolkit."""
