"""How well messages are understood, measured on labelled sets beside other ways of reading them: `make eval`."""
