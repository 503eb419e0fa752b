"""The version of the program, which documents name."""

VERSION = "0.1.0"
