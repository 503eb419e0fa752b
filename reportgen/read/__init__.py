"""Reading: every file that comes in – declarations, tables, words, faces, pictures – checked and turned into frozen values."""
