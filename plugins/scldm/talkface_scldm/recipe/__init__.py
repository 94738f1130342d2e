"""How SCLDM is trained and evaluated."""
