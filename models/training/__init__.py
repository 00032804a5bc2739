"""Training of every network here on Lightning Fabric, from readable recipes."""
