"""`lot repl`: a program, its memory and its model, live."""
