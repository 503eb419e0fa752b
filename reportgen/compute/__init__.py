"""Computing: exact values, decisions and sentences out of what was read; no layout."""
