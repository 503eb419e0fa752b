"""Verifying: what a finished file says of itself – ledger, signatures, hidden names, the archived original."""
