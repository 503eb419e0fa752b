"""A page on this machine that shows documents while their inputs change; nothing of it is delivered."""
