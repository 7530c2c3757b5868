"""The station modes, one folder each; they never import one another."""
