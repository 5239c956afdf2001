"""Replay of a change of rules (口径变更重算): who would be judged otherwise, by which clause; applied by two people."""
