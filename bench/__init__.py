"""How fast it is, told as ratios and rates measured in one run: `make bench`."""
